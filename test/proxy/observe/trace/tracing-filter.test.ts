import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Tracing_Operation } from '../../../../src/gen/fairlead/proxy/v1/listener.js';
import type { FilterControl, HttpFilter } from '../../../../src/proxy/filters/filter.js';
import { Headers } from '../../../../src/proxy/http/headers.js';
import type { Exchange } from '../../../../src/proxy/http/exchange.js';
import { createPrepareRequest } from '../../../../src/proxy/observe/prepare-request.js';
import type { SpanData } from '../../../../src/proxy/observe/trace/span.js';
import { createTracingFilter } from '../../../../src/proxy/observe/trace/tracing-filter.js';
import { answer, type ExchangeParts, makeExchange, route } from '../fixture.js';

const control: FilterControl = { wait: () => Promise.resolve(), reroute: () => undefined, onGone: () => undefined };
const b3 = { 'x-b3-traceid': 'b7ad6b7169203331', 'x-b3-spanid': 'b7ad6b7169203331', 'x-b3-sampled': '1' };

function start(direction: 'INGRESS' | 'EGRESS', parts: ExchangeParts, operation = '') {
  const tracing = { operation: Tracing_Operation[direction], sampling: { perMillion: 0 } };
  const spans: SpanData[] = [];
  const node = { id: 'sidecar~10.0.0.2~a.b~b.svc', serviceName: 'a.b' };
  const filter = createTracingFilter({ tracing, node, sink: { report: (span) => void spans.push(span) } });
  const exchange = makeExchange(parts);
  createPrepareRequest({
    useRemoteAddress: false,
    tracing,
    ids: { uuid: () => 'ffffffff-1111-4222-8333-444444444444', span: () => '00000000000000aa' },
  })(exchange);
  exchange.route = route({ operation });
  assert.equal(filter.onRequest?.(exchange, control), undefined);
  return { exchange, filter, spans };
}

function end(filter: HttpFilter, exchange: Exchange, headers: Record<string, string> = {}, status = 200): void {
  answer(exchange, status, 5, headers);
  filter.onResponse?.(exchange);
  filter.onEnd?.(exchange);
}

describe('a span', () => {
  it('tells all that Envoy tells of a request', () => {
    const { exchange, filter, spans } = start('EGRESS', { headers: { ...b3, 'user-agent': 'curl/7' } });
    exchange.received = 5;
    exchange.sent = 178;
    end(filter, exchange);
    assert.deepEqual(spans, [
      {
        traceId: '0000000000000000b7ad6b7169203331',
        spanId: '00000000000000aa',
        parentSpanId: 'b7ad6b7169203331',
        kind: 'CLIENT',
        name: 'egress reviews:9080',
        start: 1_600_000_000_000,
        durationMillis: 6,
        serviceName: 'a.b',
        localAddress: '10.0.0.2',
        peerAddress: '10.0.0.9',
        status: 200,
        received: 5,
        sent: 178,
        tags: {
          component: 'proxy',
          node_id: 'sidecar~10.0.0.2~a.b~b.svc',
          'guid:x-request-id': 'ffffffff-1111-4222-8333-444444444444',
          'http.url': 'http://reviews:9080/reviews/1',
          'http.method': 'GET',
          'http.protocol': 'HTTP/1.1',
          downstream_cluster: '-',
          user_agent: 'curl/7',
          'peer.address': '10.0.0.1',
          request_size: '5',
          response_size: '178',
          'http.status_code': '200',
          response_flags: '-',
          upstream_cluster: 'outbound|9080||reviews',
          upstream_address: '10.0.0.9:9080',
        },
      },
    ]);
  });

  it('is not reported for requests that are not sampled', () => {
    const { exchange, filter, spans } = start('EGRESS', {});
    end(filter, exchange);
    assert.deepEqual(spans, []);
  });

  it('is an error without an answer, with a 5xx, and with a status of gRPC', () => {
    const errorOf = (parts: ExchangeParts, change: (filter: HttpFilter, exchange: Exchange) => void) => {
      const { exchange, filter, spans } = start('INGRESS', { ...parts, headers: { ...b3, ...parts.headers } });
      change(filter, exchange);
      return [spans[0]?.tags['error'], spans[0]?.tags['http.status_code']];
    };
    assert.deepEqual(
      errorOf({}, (filter, exchange) => filter.onEnd?.(exchange)),
      ['true', '0'],
    );
    assert.deepEqual(
      errorOf({}, (filter, exchange) => end(filter, exchange, {}, 503)),
      ['true', '503'],
    );
    assert.deepEqual(
      errorOf({}, (filter, exchange) => end(filter, exchange, {}, 404)),
      [undefined, '404'],
    );
    const grpc = { headers: { 'content-type': 'application/grpc' } };
    assert.deepEqual(
      errorOf(grpc, (filter, exchange) => {
        exchange.trailers = new Headers(['grpc-status', '14']);
        end(filter, exchange);
      }),
      ['true', '200'],
    );
  });

  it('tells the path before it was rewritten, cut', () => {
    const { exchange, filter, spans } = start('EGRESS', { headers: b3 });
    exchange.request.headers.set('x-envoy-original-path', `/${'x'.repeat(400)}`);
    end(filter, exchange);
    assert.equal(spans[0]?.tags['http.url']?.length, 'http://reviews:9080'.length + 256);
  });
});

describe('the operation of a span', () => {
  const name = 'x-envoy-decorator-operation';

  it('goes to the inbound side with the request', () => {
    const { exchange, filter, spans } = start('EGRESS', { headers: b3 }, 'reviews:9080/*');
    assert.equal(exchange.request.headers.get(name), 'reviews:9080/*');
    end(filter, exchange);
    assert.equal(spans[0]?.name, 'reviews:9080/*');
  });

  it('is what the caller says, and goes no further', () => {
    const { exchange, filter, spans } = start('INGRESS', { headers: { ...b3, [name]: 'theirs' } }, 'ours');
    assert.equal(exchange.request.headers.has(name), false);
    end(filter, exchange);
    assert.equal(spans[0]?.name, 'theirs');
    assert.equal(exchange.response?.headers.has(name), false);
  });

  it('goes back to a caller that says none', () => {
    const { exchange, filter, spans } = start('INGRESS', { headers: b3 }, 'ours');
    end(filter, exchange);
    assert.equal(exchange.response?.headers.get(name), 'ours');
    assert.equal(spans[0]?.name, 'ours');
    assert.equal(spans[0].kind, 'SERVER');
  });

  it('is what the answer says, which goes no further', () => {
    const { exchange, filter, spans } = start('EGRESS', { headers: b3 });
    end(filter, exchange, { [name]: 'theirs' });
    assert.equal(spans[0]?.name, 'theirs');
    assert.equal(exchange.response?.headers.has(name), false);
  });

  it('is the direction when nobody says one', () => {
    const { exchange, filter, spans } = start('INGRESS', { headers: b3 });
    end(filter, exchange);
    assert.equal(spans[0]?.name, 'ingress');
  });
});
