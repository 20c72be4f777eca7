import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Tracing_Operation } from '../../../src/gen/fairlead/proxy/v1/listener.js';
import type { Incoming } from '../../../src/proxy/http/incoming.js';
import type { ResponseHead } from '../../../src/proxy/http/message.js';
import {
  createAccessLogFilter,
  createHttpStats,
  createPrepareRequest,
  createTracingFilter,
  type SpanData,
  Stats,
} from '../../../src/proxy/observe/index.js';
import { HttpRun } from '../../../src/proxy/router/http-run.js';
import { downstream, requestHead } from '../support.js';
import { route, testEnv } from './fixture.js';

const tracing = { operation: Tracing_Operation.INGRESS, sampling: { perMillion: 1_000_000 } };

/** Takes a request through a chain that observes, to a route that answers by itself. */
function take(url: string) {
  const stats = new Stats();
  const lines: string[] = [];
  const spans: SpanData[] = [];
  const heads: ResponseHead[] = [];
  const incoming: Incoming = {
    head: requestHead(url),
    downstream,
    body: undefined,
    upgrade: undefined,
    respond: (head) => void heads.push(head),
    write: () => true,
    end: () => undefined,
    reset: () => undefined,
    takeOver: () => assert.fail('nobody upgrades'),
    onDrain: undefined,
    onGone: undefined,
  };
  new HttpRun(incoming, {
    env: testEnv(),
    filters: [
      createAccessLogFilter(
        {
          path: '',
          json: false,
          format: '%REQ(:PATH)% %RESPONSE_CODE% %RESPONSE_CODE_DETAILS% %DURATION% %ROUTE_NAME%',
        },
        () => ({ write: (text) => void lines.push(text) }),
      ),
      createHttpStats(stats, 'in').filter,
      createTracingFilter({
        tracing,
        node: { id: 'n', serviceName: 's' },
        sink: { report: (span) => void spans.push(span) },
      }),
    ],
    routes: {
      name: '',
      find: () => route({ operation: 'op', reply: () => ({ status: 204, details: 'direct_response' }) }),
    },
    clusters: { get: () => undefined, all: () => [] },
    serverName: 'istio-envoy',
    mirrored: new Set(),
    isHttpProxy: false,
    maxBodyBytes: 0,
    prepare: createPrepareRequest({ useRemoteAddress: false, tracing }),
  }).start();
  const count = (leaf: string): number => stats.group('http', 'in').counter(leaf).value;
  return { lines, spans, heads, count };
}

describe('a request that is observed', () => {
  it('is counted, logged and traced once', () => {
    const { lines, spans, heads, count } = take('reviews/a/../b');
    assert.deepEqual(lines, ['/b 204 direct_response 0 default']);
    assert.equal(count('downstream_rq_2xx'), 1);
    assert.equal(spans.length, 1);
    assert.deepEqual([spans[0]?.name, spans[0]?.kind, spans[0]?.status], ['op', 'SERVER', 204]);
    assert.equal(heads[0]?.headers.get('x-envoy-decorator-operation'), 'op');
  });

  it('is so too when it is refused at once', () => {
    const { lines, spans, heads, count } = take('reviews/../b');
    assert.deepEqual(lines, ['/../b 400 path_normalization_failed 0 -']);
    assert.equal(count('downstream_rq_total'), 1);
    assert.equal(count('downstream_rq_4xx'), 1);
    assert.equal(spans[0]?.name, 'ingress');
    assert.equal(heads[0]?.status, 400);
  });
});
