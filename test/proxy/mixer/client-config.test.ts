import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HttpMixer, MixerTransport, TcpMixer } from '../../../src/gen/fairlead/proxy/v1/mixer.js';
import { toClientOptions, toHttpConfig, toTcpConfig } from '../../../src/proxy/mixer/client-config.js';

const text = (stringValue: string) => ({ stringValue });

/** Every field, with values that are no defaults. */
const http = HttpMixer.fromPartial({
  attributes: { attributes: { 'context.reporter.kind': text('outbound') } },
  forwardAttributes: { attributes: { 'source.uid': text('kubernetes://a.b') } },
  ignoreForwardedAttributes: true,
  services: {
    default: {},
    'a.b.svc': {
      disableCheck: true,
      disableReport: true,
      attributes: { attributes: { 'destination.service.name': text('a') } },
      forwardAttributes: { attributes: { 'destination.service.host': text('a.b.svc') } },
      quotaRules: [
        {
          matches: [
            {
              clauses: {
                a: { exact: 'x' },
                b: { prefix: 'y' },
                c: { regex: 'z.*' },
                d: {},
                constructor: { exact: 'k' },
              },
            },
            { clauses: {} },
          ],
          charges: [
            { quota: 'q', charge: 2n },
            { quota: 'large', charge: 2n ** 53n },
          ],
        },
      ],
      apiSpecs: [
        {
          attributes: { attributes: { 'api.service': text('shop') } },
          patterns: [
            {
              attributes: { attributes: { 'api.operation': text('one') } },
              httpMethod: 'GET',
              uriTemplate: '/items/{id}',
            },
            { httpMethod: 'PUT', regex: '/x.*' },
          ],
          apiKeys: [{ query: 'k' }, { header: 'x-key' }, { cookie: 'c' }, {}],
        },
      ],
    },
  },
});

describe('the configuration of HTTP requests', () => {
  const config = toHttpConfig(HttpMixer.decode(HttpMixer.encode(http).finish()));

  it('comes to the client with every field', () => {
    assert.deepEqual(config.mixerAttributes, new Map([['context.reporter.kind', 'outbound']]));
    assert.deepEqual(config.forwardAttributes, new Map([['source.uid', 'kubernetes://a.b']]));
    assert.equal(config.ignoreForwardedAttributes, true);
    assert.equal(config.defaultDestinationService, 'default');
    assert.deepEqual([...config.serviceConfigs!.keys()], ['default', 'a.b.svc']);
    const { quotaSpecs, httpApiSpecs, ...rest } = config.serviceConfigs!.get('a.b.svc')!;
    assert.deepEqual(rest, {
      disableCheckCalls: true,
      disableReportCalls: true,
      mixerAttributes: new Map([['destination.service.name', 'a']]),
      forwardAttributes: new Map([['destination.service.host', 'a.b.svc']]),
    });
    assert.deepEqual(quotaSpecs?.[0]?.rules, [
      {
        match: [
          {
            clause: new Map([
              ['a', { exact: 'x' }],
              ['b', { prefix: 'y' }],
              ['c', { regex: 'z.*' }],
              ['d', {}],
              ['constructor', { exact: 'k' }],
            ]),
          },
          { clause: new Map() },
        ],
        quotas: [
          { quota: 'q', charge: 2 },
          { quota: 'large', charge: 2 ** 53 },
        ],
      },
    ]);
    assert.deepEqual(httpApiSpecs?.[0], {
      name: 'spec',
      namespace: '',
      attributes: new Map([['api.service', 'shop']]),
      patterns: [
        { attributes: new Map([['api.operation', 'one']]), httpMethod: 'GET', uriTemplate: '/items/{id}' },
        { attributes: new Map(), httpMethod: 'PUT', regex: '/x.*' },
      ],
      apiKeys: [{ query: 'k' }, { header: 'x-key' }, { cookie: 'c' }, { cookie: '' }],
    });
  });

  it('is refused as a whole for an expression that is none, before the first request', () => {
    const broken = { quotaRules: [{ matches: [{ clauses: { a: { regex: '(' } } }], charges: [] }] };
    assert.throws(() => toHttpConfig(HttpMixer.fromPartial({ services: { a: broken } })));
    const pattern = { apiSpecs: [{ patterns: [{ httpMethod: 'GET', regex: '[' }] }] };
    assert.throws(() => toHttpConfig(HttpMixer.fromPartial({ services: { a: pattern } })));
    assert.throws(() => toTcpConfig(TcpMixer.fromPartial(broken)));
  });
});

describe('the configuration of TCP connections', () => {
  it('comes to the client with every field', () => {
    const config = toTcpConfig(
      TcpMixer.fromPartial({
        attributes: { attributes: { a: { int64Value: 2n ** 62n } } },
        disableCheck: true,
        disableReport: true,
        quotaRules: [{ charges: [{ quota: 'q', charge: 3n }] }],
        reportInterval: { seconds: 2n, nanos: 500_000_000 },
      }),
    );
    assert.deepEqual(config, {
      mixerAttributes: new Map([['a', 2n ** 62n]]),
      disableCheckCalls: true,
      disableReportCalls: true,
      connectionQuotaSpec: {
        name: 'rules',
        namespace: '',
        rules: [{ match: [], quotas: [{ quota: 'q', charge: 3 }] }],
      },
      reportIntervalMillis: 2500,
    });
  });

  it('leaves the interval to the client when it has none', () => {
    assert.equal('reportIntervalMillis' in toTcpConfig(TcpMixer.fromPartial({})), false);
  });
});

describe('the transport', () => {
  it('comes to the client with every field', () => {
    const options = toClientOptions(
      MixerTransport.fromPartial({
        disableCheckCache: true,
        disableQuotaCache: true,
        disableReportBatch: true,
        failOpen: true,
        maxRetries: 3,
        baseRetryWait: { seconds: 0n, nanos: 20_000_000 },
        maxRetryWait: { seconds: 2n, nanos: 0 },
        reportBatchMaxEntries: 7,
        reportBatchMaxTime: { seconds: 3n, nanos: 0 },
        statsUpdateInterval: { seconds: 4n, nanos: 0 },
      }),
    );
    assert.deepEqual(options, {
      disableCheckCache: true,
      disableQuotaCache: true,
      disableReportBatch: true,
      networkFailPolicy: { policy: 'open', maxRetry: 3, baseRetryWaitMillis: 20, maxRetryWaitMillis: 2000 },
      reportBatchMaxEntries: 7,
      reportBatchMaxMillis: 3000,
      statsUpdateIntervalMillis: 4000,
    });
  });

  it('leaves to the client what is not said', () => {
    const { networkFailPolicy, ...rest } = toClientOptions(MixerTransport.fromPartial({}));
    assert.deepEqual(networkFailPolicy, { policy: 'close', maxRetry: 0 });
    assert.deepEqual(rest, {
      disableCheckCache: false,
      disableQuotaCache: false,
      disableReportBatch: false,
      reportBatchMaxEntries: 0,
      reportBatchMaxMillis: 0,
      statsUpdateIntervalMillis: 0,
    });
  });
});
