import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import {
  type CheckAnswer,
  Duration,
  encodeForwarded,
  type HeaderChange,
  type PreconditionAnswer,
  Timestamp,
} from '../../src/client/index.js';
import { formatStatLines } from '../../src/proxy/observe/stats/stat-pages.js';
import { allow, deny, grant, ScriptedMixer } from '../client/support/scripted-mixer.js';
import { inboundConfig, type MixerRig, plain, reportOf, startMixerProxy, text } from '../proxy/mixer/rig.js';
import { type Answer, askHttp1, type Asked, askHttp2 } from '../support/ask.js';
import { deferred } from '../support/deferred.js';
import { eventually } from '../support/peer.js';
import { forwardTo, type RoutePart } from '../support/proxy-rig.js';
import { startApp, type WebApp } from '../support/web-app.js';

// A whole proxy with a Mixer that says what a test wants (mesh.md 1.2 to 1.13).
const service = {
  attributes: {
    attributes: {
      'destination.service.host': text('app.shop.svc.cluster.local'),
      'destination.service.name': text('app'),
      // 2^53 + 1, which a number would lose.
      'fairlead.large': { int64Value: 9_007_199_254_740_993n },
    },
  },
  quotaRules: [
    {
      matches: [{ clauses: { 'request.url_path': { prefix: '/charged' } } }],
      charges: [{ quota: 'requests', charge: 1n }],
    },
  ],
  apiSpecs: [
    {
      attributes: { attributes: { 'api.service': text('shop') } },
      patterns: [
        {
          httpMethod: 'GET',
          uriTemplate: '/items/{id}',
          attributes: { attributes: { 'api.operation': text('item') } },
        },
      ],
      apiKeys: [{ header: 'x-key' }],
    },
  ],
};
const routes: RoutePart[] = [
  { match: { prefix: '/empty' }, ...forwardTo('empty') },
  { match: { prefix: '/abort' }, ...forwardTo('app'), fault: { aborted: { perMillion: 1_000_000 }, abortCode: 418 } },
  { match: { prefix: '/redirect' }, redirect: { path: '/x' } },
  { match: { prefix: '/unchecked' }, ...forwardTo('app'), mixerService: 'quiet' },
  { match: { prefix: '/silent' }, ...forwardTo('app'), mixerService: 'silent' },
  { match: { exact: '/no-service' }, ...forwardTo('app'), mixerService: 'nobody' },
  { match: { prefix: '/' }, ...forwardTo('app'), mixerService: 'app' },
];
const inbound = {
  attributes: { attributes: { 'context.reporter.kind': text('inbound') } },
  services: {
    default: {},
    app: service,
    quiet: { disableCheck: true },
    silent: { disableCheck: true, disableReport: true },
  },
};

describe('a proxy with a Mixer', { timeout: 180_000 }, () => {
  let app: WebApp;
  let rig: MixerRig;
  let mixer: ScriptedMixer;

  before(async () => {
    app = await startApp('app');
  });
  after(() => app.stop());
  beforeEach(async () => {
    mixer = new ScriptedMixer();
    const own = mixer;
    rig = await startMixerProxy(inboundConfig(app.port, inbound, { routes }), () => own);
  });
  afterEach(() => rig.stop());

  const ask = (asked: Asked): Promise<Answer> => askHttp1(rig.port(), asked);
  const report = (at = 0) => reportOf(mixer, at);
  const always = (given: Partial<PreconditionAnswer>): void => void (mixer.script = () => allow(given));

  it('says of a request what there is to say, when it comes and when it has ended', async () => {
    mixer.script = () => allow({ validUseCount: 0 });
    const headers = {
      'x-key': 'secret',
      'user-agent': 'test/1',
      referer: 'http://r.test/',
      host: 'app.test',
      'content-type': 'application/grpc+json',
      constructor: 'c',
      __proto__: 'evil',
    };
    await ask({
      path: '/items/7?a=b&__proto__=x',
      method: 'GET',
      headers: Object.assign(Object.create(null), headers),
    });
    const checked = plain(mixer.checks[0]?.attributes);
    const sent = checked['request.headers'] as Record<string, string>;
    assert.equal(sent[':path'], '/items/7?a=b&__proto__=x');
    assert.equal(sent['constructor'], 'c');
    const { 'request.headers': _headers, 'request.query_params': query, ...rest } = checked;
    assert.deepEqual(
      (mixer.checks[0]?.attributes.get('request.query_params') as Map<string, string>).get('__proto__'),
      'x',
    );
    assert.deepEqual((query as Record<string, string>)['a'], 'b');
    assert.deepEqual(rest, {
      'api.operation': 'item',
      'api.service': 'shop',
      'connection.mtls': false,
      'context.protocol': 'grpc',
      'context.reporter.kind': 'inbound',
      'context.reporter.uid': 'kubernetes://app.shop',
      'destination.namespace': 'shop',
      'destination.service.host': 'app.shop.svc.cluster.local',
      'destination.service.name': 'app',
      'destination.uid': 'kubernetes://app.shop',
      'fairlead.large': 9_007_199_254_740_993n,
      'origin.ip': '127.0.0.1',
      'request.api_key': 'secret',
      'request.host': 'app.test',
      'request.method': 'GET',
      'request.path': '/items/7?a=b&__proto__=x',
      'request.referer': 'http://r.test/',
      'request.scheme': 'http',
      'request.time': Timestamp.fromMillis(rig.clock.now()),
      'request.url_path': '/items/7',
      'request.useragent': 'test/1',
    });
    const told = await report();
    const answered = told['response.headers'] as Record<string, string>;
    assert.equal(answered['x-app'], 'app');
    const added = Object.fromEntries(Object.entries(told).filter(([name]) => !(name in checked)));
    const total = added['request.total_size'] as bigint;
    assert.ok(total > 100n);
    assert.deepEqual(
      { ...added, 'request.total_size': 0n, 'response.total_size': 0n, 'response.headers': {} },
      {
        'check.cache_hit': false,
        'quota.cache_hit': false,
        'context.proxy_error_code': '-',
        'destination.ip': '127.0.0.1',
        'destination.port': BigInt(app.port),
        'request.size': 0n,
        'request.total_size': 0n,
        'response.code': 200n,
        'response.duration': Duration.fromMillis(0),
        'response.headers': {},
        'response.size': BigInt('app GET /items/7?a=b&__proto__=x'.length),
        'response.time': Timestamp.fromMillis(rig.clock.now()),
        'response.total_size': 0n,
      },
    );
  });

  it('counts the bytes of bodies, and takes the time of a request by its clock', async () => {
    const answer = deferred<CheckAnswer>();
    mixer.script = () => answer.promise;
    const asked = ask({ path: '/echo', method: 'POST', body: 'x'.repeat(100_000) });
    await eventually(() => Promise.resolve(mixer.checks[0]));
    await rig.clock.advance(250);
    answer.resolve(allow());
    await asked;
    const told = await report();
    assert.equal(told['request.size'], 100_000n);
    assert.equal(told['response.size'], 100_000n);
    assert.deepEqual(told['response.duration'], Duration.fromMillis(250));
    assert.ok((told['request.total_size'] as bigint) > 100_000n);
    assert.ok((told['response.total_size'] as bigint) > (told['response.size'] as bigint));
  });

  it('answers a denied request with status and message, and says so in log and report', async () => {
    mixer.script = () => deny(7, 'not you');
    const { status, body, headers } = await ask({ path: '/items/1' });
    assert.deepEqual([status, body, headers['content-type']], [403, 'PERMISSION_DENIED:not you', 'text/plain']);
    assert.deepEqual(
      app.seen.filter((line) => line === 'GET /items/1'),
      [],
    );
    const told = await report();
    assert.deepEqual(
      ['response.code', 'check.error_code', 'check.error_message', 'context.proxy_error_code'].map(
        (name) => told[name],
      ),
      [403n, 7n, 'PERMISSION_DENIED:not you', 'UAEX'],
    );
    assert.deepEqual(rig.lines, ['/items/1 403 UAEX mixer_access_denied "PERMISSION_DENIED:not you"']);
    assert.deepEqual(rig.counters(), {
      ...{ check_calls: 1, check_cache_misses: 1, remote_calls: 1, remote_call_successes: 1 },
      ...{ remote_check_calls: 1, remote_check_denies: 1, report_calls: 1, remote_report_calls: 1 },
      remote_report_successes: 1,
    });
    assert.equal((await ask({ path: '/items/1' })).status, 403);
    assert.equal(mixer.checks.length, 1);
    assert.equal((await report(1))['check.cache_hit'], true);
    assert.match(formatStatLines(rig.proxy.stats.snapshot()), /^http_mixer_filter\.total_check_cache_hit_denies: 1$/m);
  });

  for (const [code, name, status] of [
    [16, 'UNAUTHENTICATED', 401],
    [5, 'NOT_FOUND', 404],
    [8, 'RESOURCE_EXHAUSTED', 429],
    [14, 'UNAVAILABLE', 503],
    [13, 'INTERNAL', 500],
  ] as const) {
    it(`answers ${name} with ${status}`, async () => {
      mixer.script = () => deny(code);
      const answer = await ask({ path: '/a' });
      assert.deepEqual([answer.status, answer.body], [status, name]);
    });
  }

  it('denies calls of gRPC by their own status', async () => {
    mixer.script = () => deny(7, 'no');
    const headers = { 'content-type': 'application/grpc' };
    const answer = await askHttp2(rig.port(), { path: '/shop.Items/Get', method: 'POST', body: '', headers });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['grpc-status'], '7');
    assert.equal(decodeURIComponent(String(answer.headers['grpc-message'])), 'PERMISSION_DENIED:no');
    assert.equal((await report())['response.code'], 403n);
  });

  const change = (operation: HeaderChange['operation'], name: string, value = ''): HeaderChange => ({
    ...{ operation, name, value },
  });
  const nothing = {
    requestHeaderOperations: [],
    responseHeaderOperations: [],
    directResponseCode: 0,
    directResponseBody: '',
  };

  it('gives a direct response although the request is allowed, with the headers that belong to it', async () => {
    const responseHeaderOperations = [change('REPLACE', 'location', '/login'), change('REMOVE', 'content-type')];
    always({ directive: { ...nothing, responseHeaderOperations, directResponseCode: 302, directResponseBody: 'go' } });
    const { status, body, headers } = await ask({ path: '/a' });
    assert.deepEqual([status, body, headers['location'], headers['content-type']], [302, 'go', '/login', undefined]);
    assert.deepEqual(rig.lines, ['/a 302 - mixer_direct_response "-"']);
    assert.equal((await report())['response.code'], 302n);
  });

  it('denies by a direct response, and a plain denial takes no headers', async () => {
    const responseHeaderOperations = [change('REPLACE', 'x-from', 'mixer')];
    const directive = { ...nothing, responseHeaderOperations };
    mixer.script = () =>
      deny(16, 'who?', {
        directive: { ...directive, directResponseCode: 307, directResponseBody: '' },
        validUseCount: 0,
      });
    const direct = await ask({ path: '/a' });
    assert.deepEqual([direct.status, direct.headers['x-from']], [307, 'mixer']);
    mixer.script = () => deny(16, 'who?', { directive });
    const denied = await ask({ path: '/a' });
    assert.deepEqual([denied.status, denied.headers['x-from']], [401, undefined]);
    assert.match(rig.lines[0]!, /307 UAEX mixer_direct_response "UNAUTHENTICATED:who\?"/);
  });

  it('changes headers of request and response, and chooses the route anew by the new path', async () => {
    always({
      directive: {
        ...nothing,
        requestHeaderOperations: [
          change('REPLACE', 'x-user', 'u1'),
          change('APPEND', 'x-more', 'b'),
          change('REMOVE', 'x-secret'),
          change('REPLACE', ':path', '/redirect'),
          change('REPLACE', 'content-length', '3'),
        ],
        responseHeaderOperations: [change('REPLACE', 'x-app', 'hidden'), change('APPEND', 'set-cookie', 'a=b')],
      },
    });
    const moved = await ask({ path: '/items/1', headers: { 'x-secret': 's', 'x-more': 'a' } });
    assert.equal(moved.status, 301);
    const operations = [
      change('REPLACE', ':path', '/moved?x'),
      change('REPLACE', 'x-user', 'u1'),
      change('REMOVE', 'x-secret'),
    ];
    mixer.script = () =>
      allow({
        directive: {
          ...nothing,
          requestHeaderOperations: [...operations, change('APPEND', 'x-more', 'b')],
          responseHeaderOperations: [change('REPLACE', 'x-app', 'hidden'), change('APPEND', 'set-cookie', 'a=b')],
        },
      });
    await rig.apply(inboundConfig(app.port, inbound, { routes, transport: { failOpen: true } }));
    const { status, body, headers } = await ask({ path: '/items/1', headers: { 'x-secret': 's', 'x-more': 'a' } });
    assert.deepEqual([status, body], [200, 'app GET /moved?x']);
    assert.deepEqual([headers['x-app'], headers['set-cookie']], ['hidden', ['a=b']]);
    const seen = app.lastHeaders();
    assert.deepEqual([seen['x-user'], seen['x-secret'], seen['x-more']], ['u1', undefined, 'a, b']);
    assert.equal((await report(1))['request.path'], '/items/1');
  });

  it('asks once for requests that agree in what counted', async () => {
    always({ dependencies: [{ name: 'request.headers', key: 'x-user', condition: 'EXACT' }], validUseCount: 100 });
    for (const user of ['a', 'a', 'b', 'a', 'b']) await ask({ path: '/items', headers: { 'x-user': user } });
    assert.equal(mixer.checks.length, 2);
    const { check_cache_hits: hits, check_cache_misses: misses } = rig.counters();
    assert.deepEqual([hits, misses], [3, 2]);
  });

  it('fetches quota ahead, and answers 429 when there is none', async () => {
    mixer.script = ({ quotas }) =>
      allow({}, Object.fromEntries(quotas.map(({ name }) => [name, grant(quotas[0]!.bestEffort ? 3 : 1)])));
    const statuses: number[] = [];
    for (let at = 0; at < 8; at++) {
      statuses.push((await ask({ path: '/charged' })).status);
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(statuses[0], 200);
    assert.equal(statuses.at(-1), 429);
    assert.deepEqual(
      mixer.checks
        .slice(0, 2)
        .map(({ quotas }) => quotas.map(({ name, amount, bestEffort }) => [name, amount, bestEffort])),
      [[['requests', 1n, false]], [['requests', 10n, true]]],
    );
    assert.ok(mixer.checks.length < 5);
    assert.equal((await ask({ path: '/free' })).status, 200);
    const last = await ask({ path: '/charged' });
    assert.deepEqual([last.status, last.body], [429, 'RESOURCE_EXHAUSTED:Quota is exhausted for: requests']);
    const told = await report(7);
    assert.deepEqual([told['quota.cache_hit'], told['check.cache_hit'], told['response.code']], [true, true, 429n]);
    assert.equal(rig.counters()['remote_quota_prefetch_calls'], 1);
  });

  it('tells of requests that failed early', async () => {
    for (const [path, status, flag] of [
      ['/empty', 503, 'UH'],
      ['/abort', 418, 'FI'],
      ['/redirect', 301, '-'],
    ] as const) {
      const at = mixer.reports.length;
      assert.equal((await ask({ path })).status, status);
      const told = await report(at);
      assert.deepEqual(
        [told['response.code'], told['context.proxy_error_code'], told['request.path'], 'destination.ip' in told],
        [BigInt(status), flag, path, false],
      );
    }
  });

  it('tells of requests without a route', async () => {
    await rig.apply(inboundConfig(app.port, inbound, { routes: routes.slice(0, 1) }));
    assert.equal((await ask({ path: '/nowhere' })).status, 404);
    const told = await report();
    assert.deepEqual([told['response.code'], told['context.proxy_error_code']], [404n, 'NR']);
  });

  it('neither checks nor tells what a service does not want', async () => {
    mixer.script = () => deny(7);
    assert.equal((await ask({ path: '/unchecked' })).status, 200);
    assert.deepEqual(['check.cache_hit' in (await report()), mixer.checks.length], [false, 0]);
    assert.equal((await ask({ path: '/silent' })).status, 200);
    // Of a service that there is no configuration of, the default's holds.
    assert.equal((await ask({ path: '/no-service' })).status, 403);
    await report(1);
    assert.equal(mixer.reports.length, 2);
  });

  it('believes little of x-istio-attributes, and never sends it on', async () => {
    const forwarded = encodeForwarded(
      new Map([
        ['source.uid', 'kubernetes://web.front'],
        ['source.namespace', 'front'],
        ['source.principal', 'admin'],
        ['destination.uid', 'other'],
        ['__proto__', 'x'],
      ]),
    );
    const { status } = await ask({ path: '/a', headers: { 'x-istio-attributes': forwarded } });
    assert.equal(status, 200);
    assert.equal(app.lastHeaders()['x-istio-attributes'], undefined);
    const told = await report();
    assert.deepEqual(
      ['source.uid', 'source.namespace', 'source.principal', 'destination.uid', '__proto__'].map((name) =>
        Object.hasOwn(told, name) ? told[name] : undefined,
      ),
      ['kubernetes://web.front', 'front', undefined, 'kubernetes://app.shop', undefined],
    );
    assert.equal('x-istio-attributes' in (told['request.headers'] as object), false);
    for (const damaged of ['%%%', 'AAAA', '', 'CgoKCA==']) {
      assert.equal((await ask({ path: '/a', headers: { 'x-istio-attributes': damaged } })).status, 200);
    }
  });

  it('believes nothing of it at the edge of the mesh, and takes it away', async () => {
    await rig.apply(inboundConfig(app.port, { ...inbound, ignoreForwardedAttributes: true }, { routes }));
    const forwarded = encodeForwarded(new Map([['source.uid', 'kubernetes://web.front']]));
    await ask({ path: '/a', headers: { 'x-istio-attributes': forwarded } });
    assert.equal(app.lastHeaders()['x-istio-attributes'], undefined);
    assert.equal('source.uid' in (await report()), false);
  });

  it('asks each time when nothing is to be kept', async () => {
    await rig.apply(inboundConfig(app.port, inbound, { routes, transport: { disableCheckCache: true } }));
    for (let at = 0; at < 3; at++) await ask({ path: '/a' });
    assert.equal(mixer.checks.length, 3);
  });
});
