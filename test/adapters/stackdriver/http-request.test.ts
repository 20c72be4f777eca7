import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Duration, type Value } from 'fairlead/sdk';
import { httpRequestOf } from '../../../src/adapters/stackdriver/http-request.js';

const mapping = {
  status: 'status',
  requestSize: 'in',
  responseSize: 'out',
  latency: 'latency',
  localIp: 'local',
  remoteIp: 'remote',
  url: 'url',
  method: 'method',
  userAgent: 'agent',
  referer: 'referer',
};
const write = (variables: Record<string, Value>): unknown =>
  JSON.parse(JSON.stringify(httpRequestOf(mapping, variables)));

describe('httpRequestOf()', () => {
  it('has what the mapped variables say', () => {
    const variables = {
      status: 200n,
      in: 2n ** 60n,
      out: 0n,
      latency: Duration.fromMillis(61_500),
      local: Uint8Array.of(10, 0, 0, 1),
      remote: '1.2.3.4',
      url: '/a?b=c',
      method: 'GET',
      agent: 'curl',
      referer: 'http://x',
    };
    assert.deepEqual(write(variables), {
      requestMethod: 'GET',
      requestUrl: '/a?b=c',
      requestSize: '1152921504606846976',
      status: 200,
      responseSize: '0',
      userAgent: 'curl',
      remoteIp: '1.2.3.4',
      serverIp: '10.0.0.1',
      referer: 'http://x',
      latency: '61.5s',
    });
  });

  it('leaves out what is not there or has another type', () => {
    const variables = { status: '200', in: 1.5, out: true, latency: 5n, url: 7n, method: new Map(), agent: '' };
    assert.deepEqual(write(variables), {});
    assert.deepEqual(write({ latency: Duration.fromMillis(-1), status: 2n ** 40n }), { status: 0 });
  });

  it('has latencies to the nanosecond and cuts long texts', () => {
    assert.deepEqual(write({ latency: Duration.fromNanos(1n) }), { latency: '0.000000001s' });
    assert.deepEqual(write({ latency: Duration.zero }), { latency: '0s' });
    assert.deepEqual(write({ url: 'x'.repeat(2 ** 20) }), { requestUrl: 'x'.repeat(8192) });
  });
});
