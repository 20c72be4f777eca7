import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Tracing_Operation } from '../../../src/gen/fairlead/proxy/v1/listener.js';
import type { Exchange } from '../../../src/proxy/http/exchange.js';
import { observedOf } from '../../../src/proxy/observe/observed.js';
import { createPrepareRequest, type PrepareOptions } from '../../../src/proxy/observe/prepare-request.js';
import { type ExchangeParts, makeExchange } from './fixture.js';

const uuid = '00000010-1111-4222-8333-444444444444';
const markedUuid = '00000010-1111-9222-8333-444444444444';
const trace32 = '0af7651916cd43dd8448eb211c80319c';
const parent = 'b7ad6b7169203331';

function ids(): NonNullable<PrepareOptions['ids']> {
  let count = 0;
  return { uuid: () => uuid, span: () => `00000000000000a${count++}` };
}

function prepare(parts: ExchangeParts, options: Partial<PrepareOptions> = {}): Exchange {
  const exchange = makeExchange(parts);
  const run = createPrepareRequest({ useRemoteAddress: false, tracing: undefined, ids: ids(), ...options });
  assert.equal(run(exchange), true);
  return exchange;
}

function traced(parts: ExchangeParts, perMillion = 1_000_000): Exchange {
  return prepare(parts, { tracing: { operation: Tracing_Operation.EGRESS, sampling: { perMillion } } });
}

const headersOf = ({ request }: Exchange): Record<string, string> => Object.fromEntries(request.headers);

describe('the request id', () => {
  it('is a random UUID when absent', () => {
    const exchange = makeExchange();
    assert.equal(createPrepareRequest({ useRemoteAddress: false, tracing: undefined })(exchange), true);
    assert.match(
      exchange.request.headers.get('x-request-id') ?? '',
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  it('is kept inside of the mesh, whatever it is', () => {
    assert.equal(headersOf(prepare({ headers: { 'x-request-id': 'mine' } }))['x-request-id'], 'mine');
  });

  it('is made anew at the edge for callers from outside', () => {
    const headers = { 'x-request-id': 'theirs' };
    const outside = { remote: { host: '8.8.8.8', port: 1 } };
    const exchange = prepare({ headers, downstream: outside }, { useRemoteAddress: true });
    assert.equal(headersOf(exchange)['x-request-id'], uuid);
  });

  it('is kept at the edge for callers from inside', () => {
    const exchange = prepare({ headers: { 'x-request-id': 'ours' } }, { useRemoteAddress: true });
    assert.equal(headersOf(exchange)['x-request-id'], 'ours');
    assert.equal(headersOf(exchange)['x-envoy-internal'], 'true');
  });

  it('is marked when its request is traced', () => {
    assert.equal(headersOf(traced({}))['x-request-id'], markedUuid);
    assert.equal(headersOf(traced({}, 0))['x-request-id'], uuid);
  });
});

describe('the origin of a request', () => {
  it('is the connection when nobody says anything else', () => {
    const exchange = prepare({});
    assert.deepEqual(observedOf(exchange).remote, { host: '10.0.0.1', port: 40_000 });
    assert.equal(headersOf(exchange)['x-forwarded-proto'], 'http');
    assert.equal('x-forwarded-for' in headersOf(exchange), false);
  });

  it('is the last address of x-forwarded-for for a sidecar', () => {
    const headers = { 'x-forwarded-for': '1.2.3.4, 10.9.9.9', 'x-forwarded-proto': 'https' };
    const exchange = prepare({ headers });
    assert.deepEqual(observedOf(exchange).remote, { host: '10.9.9.9', port: 0 });
    assert.equal(headersOf(exchange)['x-forwarded-for'], '1.2.3.4, 10.9.9.9');
    assert.equal(headersOf(exchange)['x-forwarded-proto'], 'https');
    assert.equal('x-envoy-internal' in headersOf(exchange), false);
  });

  it('is inside when there was one hop, from inside', () => {
    assert.equal(headersOf(prepare({ headers: { 'x-forwarded-for': '10.9.9.9' } }))['x-envoy-internal'], 'true');
  });

  it('is the connection when x-forwarded-for is no address', () => {
    const exchange = prepare({ headers: { 'x-forwarded-for': 'unknown' } });
    assert.deepEqual(observedOf(exchange).remote, exchange.downstream.remote);
  });

  it('is never believed at the edge', () => {
    const headers = {
      'x-forwarded-for': '10.0.0.5',
      'x-forwarded-proto': 'https',
      'x-envoy-internal': 'true',
      'x-envoy-decorator-operation': 'theirs',
      'x-envoy-retry-on': '5xx',
    };
    const downstream = { remote: { host: '10.0.0.1', port: 1 } };
    const exchange = prepare({ headers, downstream }, { useRemoteAddress: true });
    assert.deepEqual(headersOf(exchange), {
      'x-forwarded-for': '10.0.0.5,10.0.0.1',
      'x-forwarded-proto': 'http',
      'x-envoy-external-address': '10.0.0.1',
      'x-request-id': uuid,
    });
  });

  it('is our own address for callers on the same machine', () => {
    const downstream = { remote: { host: '127.0.0.1', port: 1 }, local: { host: '10.0.0.2', port: 80 } };
    const exchange = prepare({ downstream }, { useRemoteAddress: true });
    assert.equal(headersOf(exchange)['x-forwarded-for'], '10.0.0.2');
  });
});

describe('the trace of a request', () => {
  it('leaves headers alone where nobody traces', () => {
    const headers = { 'x-b3-traceid': trace32, 'x-b3-spanid': parent };
    const exchange = prepare({ headers });
    assert.equal(headersOf(exchange)['x-b3-spanid'], parent);
    assert.equal(observedOf(exchange).trace, undefined);
  });

  it('begins with a decision of its own', () => {
    const headers = headersOf(traced({}));
    assert.equal(headers['x-b3-traceid'], '00000000000000a100000000000000a0');
    assert.equal(headers['x-b3-spanid'], '00000000000000a0');
    assert.equal(headers['x-b3-sampled'], '1');
    assert.equal(headers['traceparent'], '00-00000000000000a100000000000000a0-00000000000000a0-01');
    assert.equal('x-b3-parentspanid' in headers, false);
    assert.equal('b3' in headers, false);
    assert.equal(headersOf(traced({}, 0))['x-b3-sampled'], '0');
  });

  it('is sampled by the request id, so that each proxy says the same', () => {
    // 0x10 is 16 of a million.
    assert.equal(headersOf(traced({}, 16))['x-b3-sampled'], '0');
    assert.equal(headersOf(traced({}, 17))['x-b3-sampled'], '1');
    assert.equal(headersOf(traced({ headers: { 'x-request-id': markedUuid } }, 0))['x-b3-sampled'], '1');
    assert.equal(headersOf(traced({ headers: { 'x-request-id': 'no uuid' } }))['x-b3-sampled'], '0');
  });

  it('is sampled when a caller inside wants it', () => {
    const forced = headersOf(traced({ headers: { 'x-envoy-force-trace': '1' } }, 0));
    assert.equal(forced['x-b3-sampled'], '1');
    assert.equal(forced['x-request-id']?.[14], 'a');
    const client = headersOf(traced({ headers: { 'x-client-trace-id': '1' } }, 0));
    assert.equal(client['x-request-id']?.[14], 'b');
  });

  it('goes on from B3 with a child', () => {
    const given = {
      'x-b3-traceid': trace32,
      'x-b3-spanid': parent,
      'x-b3-parentspanid': '1111111111111111',
      'x-b3-sampled': '0',
    };
    const exchange = traced({ headers: given });
    const headers = headersOf(exchange);
    assert.equal(headers['x-b3-traceid'], trace32);
    assert.equal(headers['x-b3-spanid'], '00000000000000a0');
    assert.equal(headers['x-b3-parentspanid'], parent);
    assert.equal(headers['x-b3-sampled'], '0');
    assert.equal(observedOf(exchange).trace?.sampled, false);
  });

  it('goes on from the single B3 header, and answers in it', () => {
    const headers = headersOf(traced({ headers: { b3: `${trace32}-${parent}-1-1111111111111111` } }, 0));
    assert.equal(headers['b3'], `${trace32}-00000000000000a0-1-${parent}`);
    assert.equal(headers['x-b3-spanid'], '00000000000000a0');
    assert.equal(headers['x-b3-sampled'], '1');
  });

  it('goes on from traceparent, and leaves tracestate', () => {
    const given = { traceparent: `00-${trace32}-${parent}-01`, tracestate: 'a=b' };
    const headers = headersOf(traced({ headers: given }, 0));
    assert.equal(headers['traceparent'], `00-${trace32}-00000000000000a0-01`);
    assert.equal(headers['tracestate'], 'a=b');
    assert.equal(headers['x-b3-traceid'], trace32);
    assert.equal(headers['x-b3-parentspanid'], parent);
  });

  it('knows a trace of 64 bits again in traceparent', () => {
    const given = {
      'x-b3-traceid': parent,
      'x-b3-spanid': parent,
      traceparent: `00-${parent.padStart(32, '0')}-${parent}-01`,
      tracestate: 'a=b',
    };
    const headers = headersOf(traced({ headers: given }, 0));
    assert.equal(headers['x-b3-traceid'], parent);
    assert.equal(headers['traceparent'], `00-${parent.padStart(32, '0')}-00000000000000a0-01`);
    assert.equal(headers['tracestate'], 'a=b');
  });

  it('drops the state of another trace', () => {
    const given = { traceparent: `00-${'0'.repeat(32)}-${parent}-01`, tracestate: 'a=b' };
    const headers = headersOf(traced({ headers: given }));
    assert.equal('tracestate' in headers, false);
    assert.equal(headers['x-b3-traceid'], '00000000000000a100000000000000a0');
  });
});

describe('the path of a request', () => {
  it('is normalised', () => {
    assert.equal(prepare({ url: 'reviews/a/../b?x=1' }).request.path, '/b?x=1');
  });

  it('is refused when it leaves the root, with an id all the same', () => {
    const exchange = makeExchange({ url: 'reviews/../b' });
    assert.equal(createPrepareRequest({ useRemoteAddress: false, tracing: undefined, ids: ids() })(exchange), false);
    assert.equal(exchange.request.headers.get('x-request-id'), uuid);
  });
});
