import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  createHttpFilter,
  decodeForwarded,
  type Directive,
  encodeForwarded,
  type HttpClientConfig,
  type HttpDecision,
  type HttpFilter,
  type RequestFacts,
  type ResponseFacts,
  type ServiceConfig,
  type Value,
} from '../../src/client/index.js';
import { allow, counted, deny, grant, type Script, scripted, type ScriptedMixer } from './support/scripted-mixer.js';

const set = (entries: Record<string, Value>): Map<string, Value> => new Map(Object.entries(entries));
const request = (headers: Record<string, string> = {}): RequestFacts => ({
  headers: new Map(Object.entries({ ':method': 'GET', ':path': '/', ...headers })),
  wallMillis: 0,
  connection: { remoteAddress: undefined, isMutualTls: false },
});
const response: ResponseFacts = {
  code: 200,
  headers: new Map(),
  wallMillis: 0,
  durationMillis: 0,
  request: { body: 0, total: 0 },
  response: { body: 0, total: 0 },
};
const node = { uid: 'kubernetes://pod.ns', namespace: 'ns' };
const outbound = { 'context.reporter.kind': 'outbound' };

function filterOf(
  config: HttpClientConfig,
  script?: Script,
): { filter: HttpFilter; mixer: ScriptedMixer; report: () => Promise<Map<string, Value>>; counters: () => object } {
  const { mixer, client, clock } = scripted(script, { disableReportBatch: true });
  return {
    filter: createHttpFilter({ client, config, node }),
    mixer,
    report: async () => {
      await clock.advance(0);
      return new Map(mixer.reports.at(-1)?.[0]);
    },
    counters: () => counted(client.statistics()),
  };
}

describe('where attributes come from (1.2)', () => {
  it('later ones win: node, filter, service, request, forwarded', async () => {
    const { filter, mixer } = filterOf({
      mixerAttributes: set({ 'context.reporter.uid': 'filter', a: 'filter', b: 'filter' }),
    });
    const service: ServiceConfig = {
      mixerAttributes: set({ b: 'service', 'request.path': 'x', 'source.uid': 'service' }),
    };
    const header = encodeForwarded(set({ 'source.uid': 'forwarded' }));
    await filter.begin(request({ 'x-istio-attributes': header }), service).check();
    const sent = mixer.checks[0]?.attributes;
    const names = ['destination.uid', 'context.reporter.uid', 'a', 'b', 'request.path', 'source.uid'];
    assert.deepEqual(
      names.map((name) => sent?.get(name)),
      ['kubernetes://pod.ns', 'filter', 'filter', 'service', '/', 'forwarded'],
    );
    assert.deepEqual((sent?.get('request.headers') as Map<string, string>).has('x-istio-attributes'), false);
  });

  it('what a caller at the edge forwards is not believed', async () => {
    const { filter, mixer } = filterOf({ ignoreForwardedAttributes: true });
    await filter.begin(request({ 'x-istio-attributes': encodeForwarded(set({ 'source.uid': 'x' })) })).check();
    assert.equal(mixer.checks[0]?.attributes.has('source.uid'), false);
  });

  it('the node is the source on the outbound side', async () => {
    const { filter, mixer } = filterOf({ mixerAttributes: set(outbound) });
    await filter.begin(request()).check();
    assert.equal(mixer.checks[0]?.attributes.get('source.uid'), 'kubernetes://pod.ns');
    assert.equal(mixer.checks[0].attributes.has('destination.uid'), false);
  });

  it('a report has them too when there was no check, and what the response adds', async () => {
    const { filter, mixer, report, counters } = filterOf({
      serviceConfigs: new Map([['a', { disableCheckCalls: true }]]),
    });
    const exchange = filter.begin(request({ 'x-istio-attributes': encodeForwarded(set({ 'source.uid': 'x' })) }), 'a');
    assert.equal((exchange.check() as HttpDecision).outcome, undefined);
    exchange.report(response);
    const sent = await report();
    assert.equal(sent.get('source.uid'), 'x');
    assert.equal(sent.get('destination.uid'), 'kubernetes://pod.ns');
    assert.equal(sent.get('response.code'), 200n);
    assert.equal(sent.has('check.cache_hit'), false);
    assert.equal(mixer.checks.length, 0);
    assert.deepEqual(counters(), { report_calls: 1, remote_report_calls: 1, remote_report_successes: 1 });
  });

  it('a report changes nothing of what the check was asked with', async () => {
    const { filter, mixer, report } = filterOf({});
    const exchange = filter.begin(request());
    await exchange.check();
    exchange.report(response);
    assert.equal((await report()).get('check.cache_hit'), false);
    assert.equal(mixer.checks[0]?.attributes.has('response.code'), false);
  });
});

describe('what is forwarded (1.7)', () => {
  it('is the node, the filter and the service, later ones winning, on the outbound side', () => {
    const { filter } = filterOf({
      mixerAttributes: set(outbound),
      forwardAttributes: set({ 'source.namespace': 'filter', 'destination.service.name': 'filter' }),
    });
    const service = { forwardAttributes: set({ 'destination.service.name': 'service' }) };
    assert.deepEqual(Object.fromEntries(decodeForwarded(filter.begin(request(), service).forwarded ?? '')), {
      'source.uid': 'kubernetes://pod.ns',
      'source.namespace': 'filter',
      'destination.service.name': 'service',
    });
  });

  it('is nothing on the inbound side, unless configured', () => {
    assert.equal(filterOf({}).filter.begin(request()).forwarded, undefined);
  });
});

describe('the service of a request (1.13)', () => {
  const config: HttpClientConfig = {
    serviceConfigs: new Map<string, ServiceConfig>([
      ['a', { mixerAttributes: set({ service: 'a' }) }],
      ['default', { mixerAttributes: set({ service: 'default' }) }],
      ['quiet', { disableCheckCalls: true, disableReportCalls: true }],
    ]),
    defaultDestinationService: 'default',
  };

  it('is its route, or its destination, or the default', async () => {
    const { filter, mixer } = filterOf(config);
    await filter.begin(request(), { mixerAttributes: set({ service: 'route' }) }).check();
    await filter.begin(request(), 'a').check();
    await filter.begin(request(), 'b').check();
    await filter.begin(request()).check();
    // The second default is known: the answers depend on nothing.
    assert.deepEqual(
      mixer.checks.map(({ attributes }) => attributes.get('service')),
      ['route'],
    );
    const uncached = filterOf(config, () => allow({ validUseCount: 0 }));
    for (const service of ['a', 'b', undefined]) await uncached.filter.begin(request(), service).check();
    assert.deepEqual(
      uncached.mixer.checks.map(({ attributes }) => attributes.get('service')),
      ['a', 'default', 'default'],
    );
  });

  it('may be neither checked nor reported, also by not being there', async () => {
    const { filter, mixer, report } = filterOf({ ...config, defaultDestinationService: 'missing' });
    for (const service of ['quiet', 'unknown']) {
      const exchange = filter.begin(request(), service);
      assert.equal((exchange.check() as HttpDecision).reply, undefined);
      exchange.report(response);
    }
    await report();
    assert.deepEqual([mixer.checks.length, mixer.reports.length], [0, 0]);
  });

  it('charges its quotas, and names its API', async () => {
    const { filter, mixer } = filterOf({}, () => allow({}, { calls: grant(1) }));
    const named = { name: 's', namespace: 'n' };
    await filter
      .begin(request(), {
        quotaSpecs: [
          {
            ...named,
            rules: [
              {
                match: [{ clause: new Map([['api.operation', { exact: 'root' }]]) }],
                quotas: [{ quota: 'calls', charge: 2 }],
              },
            ],
          },
        ],
        httpApiSpecs: [
          {
            ...named,
            patterns: [{ httpMethod: 'GET', uriTemplate: '/', attributes: set({ 'api.operation': 'root' }) }],
          },
        ],
      })
      .check();
    assert.equal(mixer.checks[0]?.attributes.get('api.operation'), 'root');
    assert.deepEqual(mixer.checks[0].quotas, [{ name: 'calls', amount: 2n, bestEffort: false }]);
  });
});

describe('what becomes of a request (1.13)', () => {
  const change = { name: 'x', value: '1', operation: 'REPLACE' as const };
  const directive = (given: Partial<Directive>): Directive => ({
    requestHeaderOperations: [change],
    responseHeaderOperations: [{ ...change, name: 'y' }],
    directResponseCode: 0,
    directResponseBody: '',
    ...given,
  });
  const decide = async (script: Script): Promise<HttpDecision> => filterOf({}, script).filter.begin(request()).check();

  it('it goes on, with the changes that are asked for', async () => {
    const decision = await decide(() => allow({ directive: directive({}) }));
    assert.equal(decision.reply, undefined);
    assert.deepEqual(decision.requestChanges, [change]);
    assert.deepEqual(decision.responseChanges, [{ ...change, name: 'y' }]);
    assert.equal(decision.denial, undefined);
  });

  it('it is answered directly, even when it is allowed', async () => {
    const direct = directive({ directResponseCode: 302, directResponseBody: 'moved' });
    const allowed = await decide(() => allow({ directive: direct }));
    assert.deepEqual(allowed.reply, {
      code: 302,
      body: 'moved',
      headerChanges: [{ ...change, name: 'y' }],
      details: 'mixer_direct_response',
    });
    assert.equal(allowed.denial, undefined);
    const denied = await decide(() => deny(7, 'no', { directive: direct }));
    assert.equal(denied.reply?.code, 302);
    assert.equal(denied.denial, 'PERMISSION_DENIED:no');
  });

  it('it is answered with 500 where the direct answer is none', async () => {
    for (const directResponseCode of [-1, 99, 101, 1000]) {
      const { reply } = await decide(() => allow({ directive: directive({ directResponseCode }) }));
      assert.equal(reply?.code, 500);
    }
  });

  const codes: [number, string, number][] = [
    [1, 'CANCELLED', 499],
    [2, 'UNKNOWN', 500],
    [3, 'INVALID_ARGUMENT', 400],
    [4, 'DEADLINE_EXCEEDED', 504],
    [5, 'NOT_FOUND', 404],
    [6, 'ALREADY_EXISTS', 409],
    [7, 'PERMISSION_DENIED', 403],
    [8, 'RESOURCE_EXHAUSTED', 429],
    [9, 'FAILED_PRECONDITION', 400],
    [10, 'ABORTED', 409],
    [11, 'OUT_OF_RANGE', 400],
    [12, 'UNIMPLEMENTED', 501],
    [13, 'INTERNAL', 500],
    [14, 'UNAVAILABLE', 503],
    [15, 'DATA_LOSS', 500],
    [16, 'UNAUTHENTICATED', 401],
    [99, '99', 500],
  ];
  for (const [code, name, http] of codes) {
    it(`it is answered with ${http} for ${name}`, async () => {
      const decision = await decide(() => deny(code, 'why'));
      assert.deepEqual(decision.reply, {
        code: http,
        body: `${name}:why`,
        headerChanges: [],
        details: 'mixer_access_denied',
      });
      assert.equal(decision.denial, `${name}:why`);
    });
  }
});
