import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  addResponseAttributes,
  type CheckOutcome,
  Duration,
  type ResponseFacts,
  Timestamp,
  type Value,
} from '../../../src/client/index.js';

const facts: ResponseFacts = {
  code: 200,
  headers: new Map([[':status', '200']]),
  wallMillis: 5000,
  durationMillis: 12.5,
  request: { body: 1, total: 2 },
  response: { body: 3, total: 4 },
};
const ok: CheckOutcome = {
  status: { code: 0, message: '' },
  directive: undefined,
  checkCacheHit: true,
  quotaCacheHit: false,
};

function attributesOf(
  given: Partial<ResponseFacts>,
  { before = {}, outcome }: { before?: Record<string, Value>; outcome?: CheckOutcome } = {},
): Record<string, Value> {
  const into = new Map(Object.entries(before));
  addResponseAttributes(into, { ...facts, ...given }, outcome);
  return Object.fromEntries(into);
}

describe('attributes of a response (1.4)', () => {
  it('are all there', () => {
    assert.deepEqual(
      attributesOf(
        {
          trailers: new Map([
            ['grpc-status', '5'],
            ['grpc-message', 'gone'],
          ]),
          upstream: { address: Uint8Array.of(1, 2, 3, 4), port: 80, uid: 'kubernetes://pod' },
          flags: 'UF,URX',
          permissive: { responseCode: '403', policyId: 'p' },
          metadata: new Map([
            ['envoy.filters.http.jwt', new Map([['a', 'b']])],
            ['istio.mixer', new Map([['status', 'x']])],
          ]),
        },
        { outcome: ok },
      ),
      {
        'destination.ip': Uint8Array.of(1, 2, 3, 4),
        'destination.port': 80n,
        'destination.uid': 'kubernetes://pod',
        'response.headers': new Map([
          [':status', '200'],
          ['grpc-status', '5'],
          ['grpc-message', 'gone'],
        ]),
        'response.time': Timestamp.fromMillis(5000),
        'request.size': 1n,
        'request.total_size': 2n,
        'response.size': 3n,
        'response.total_size': 4n,
        'response.duration': Duration.fromMillis(12.5),
        'response.code': 200n,
        'context.proxy_error_code': 'UF,URX',
        'response.grpc_status': '5',
        'response.grpc_message': 'gone',
        'check.cache_hit': true,
        'quota.cache_hit': false,
        'rbac.permissive.response_code': '403',
        'rbac.permissive.effective_policy_id': 'p',
        'envoy.filters.http.jwt': new Map([['a', 'b']]),
      },
    );
  });

  it('say 500 and no flag when there was no response, and nothing of a check that there was not', () => {
    const found = attributesOf({ code: undefined, headers: new Map() });
    assert.equal(found['response.code'], 500n);
    assert.equal(found['context.proxy_error_code'], '-');
    for (const name of ['response.headers', 'check.cache_hit', 'response.grpc_status', 'check.error_code'])
      assert.equal(name in found, false, name);
  });

  it('say why a check denied, and the code that this means', () => {
    const denied = { ...ok, status: { code: 8, message: 'Quota is exhausted for: a' } };
    const found = attributesOf({ code: 200 }, { outcome: denied });
    assert.equal(found['response.code'], 429n);
    assert.equal(found['check.error_code'], 8n);
    assert.equal(found['check.error_message'], 'RESOURCE_EXHAUSTED:Quota is exhausted for: a');
    const silent = attributesOf({}, { outcome: { ...ok, status: { code: 16, message: '' } } });
    assert.equal(silent['check.error_message'], 'UNAUTHENTICATED');
  });

  it('leave a configured destination as it is, but for the endpoint', () => {
    const before = { 'destination.ip': Uint8Array.of(9, 9, 9, 9), 'destination.port': 1n, 'destination.uid': 'x' };
    const found = attributesOf({ upstream: { address: Uint8Array.of(1, 2, 3, 4), port: 80, uid: 'y' } }, { before });
    assert.deepEqual(found['destination.ip'], Uint8Array.of(9, 9, 9, 9));
    assert.equal(found['destination.port'], 1n);
    assert.equal(found['destination.uid'], 'y');
  });

  it('take the status of gRPC from headers when there are no trailers, both or none', () => {
    const found = attributesOf({ headers: new Map([['grpc-status', '0']]) });
    assert.equal(found['response.grpc_status'], '0');
    assert.equal(found['response.grpc_message'], '');
  });

  it('put tracing headers that came later into the request', () => {
    const before = {
      'request.headers': new Map([
        ['x-b3-traceid', 'old'],
        ['a', 'b'],
      ]),
    };
    const tracing = new Map([
      ['x-b3-traceid', 'new'],
      ['x-b3-sampled', '1'],
      ['x-other', 'z'],
    ]);
    assert.deepEqual(
      attributesOf({ tracing }, { before })['request.headers'],
      new Map([
        ['x-b3-traceid', 'new'],
        ['a', 'b'],
        ['x-b3-sampled', '1'],
      ]),
    );
    assert.equal(before['request.headers'].get('x-b3-traceid'), 'old');
  });
});
