import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Exchange } from '../../../../src/proxy/http/exchange.js';
import type { FilterControl } from '../../../../src/proxy/filters/filter.js';
import { createHttpStats } from '../../../../src/proxy/observe/stats/http-stats.js';
import { formatStatLines } from '../../../../src/proxy/observe/stats/stat-pages.js';
import { Stats } from '../../../../src/proxy/observe/stats/stats.js';
import { answer, makeExchange } from '../fixture.js';

const control: FilterControl = { wait: () => Promise.resolve(), reroute: () => undefined, onGone: () => undefined };

function make() {
  const stats = new Stats();
  const http = createHttpStats(stats, 'inbound_80');
  const run = (change: (exchange: Exchange) => void): void => {
    const exchange = makeExchange();
    void http.filter.onRequest?.(exchange, control);
    change(exchange);
    http.filter.onEnd?.(exchange);
  };
  const read = (): Record<string, string> =>
    Object.fromEntries(
      formatStatLines(stats.snapshot())
        .split('\n')
        .filter((line) => line !== '' && !line.endsWith(': 0'))
        .map((line) => line.replace('http.inbound_80.', '').split(': ') as [string, string]),
    );
  return { http, run, read };
}

describe('statistics of requests', () => {
  it('say why requests of a chain that traces are traced', () => {
    const stats = new Stats();
    const http = createHttpStats(stats, 'p', true);
    for (const mark of ['4', '9', '9', 'a', 'b']) {
      const id = `ffffffff-1111-${mark}222-8333-444444444444`;
      void http.filter.onRequest?.(makeExchange({ headers: { 'x-request-id': id } }), control);
    }
    void http.filter.onRequest?.(makeExchange({ headers: { 'x-request-id': 'mine' } }), control);
    const lines = formatStatLines(stats.snapshot()).split('\n');
    assert.deepEqual(
      lines.filter((line) => line.includes('.tracing.')),
      [
        'http.p.tracing.client_enabled: 1',
        'http.p.tracing.health_check: 0',
        'http.p.tracing.not_traceable: 2',
        'http.p.tracing.random_sampling: 2',
        'http.p.tracing.service_forced: 1',
      ],
    );
  });

  it('count what is under way', () => {
    const { http, read } = make();
    void http.filter.onRequest?.(makeExchange(), control);
    assert.equal(read()['downstream_rq_active'], '1');
  });

  it('count answers by class, and take their time', () => {
    const { run, read } = make();
    for (const status of [200, 204, 302, 404, 413, 503]) run((exchange) => answer(exchange, status, 5));
    const values = read();
    assert.equal(values['downstream_rq_total'], '6');
    assert.equal(values['downstream_rq_http1_total'], '6');
    assert.equal(values['downstream_rq_completed'], '6');
    assert.equal(values['downstream_rq_2xx'], '2');
    assert.equal(values['downstream_rq_3xx'], '1');
    assert.equal(values['downstream_rq_4xx'], '2');
    assert.equal(values['downstream_rq_5xx'], '1');
    assert.equal(values['downstream_rq_too_large'], '1');
    assert.equal('downstream_rq_active' in values, false);
    assert.match(values['downstream_rq_time'] ?? '', /P50\(nan,6\)/);
    assert.match(values['cluster.outbound|9080||reviews.upstream_rq_time'] ?? '', /P50\(nan,5\)/);
  });

  it('count callers that went away, and requests without a route', () => {
    const { run, read } = make();
    run(({ flags }) => flags.add('DC'));
    run(({ flags }) => flags.add('NR'));
    run((exchange) => {
      exchange.flags.add('NR');
      exchange.details = 'cluster_not_found';
    });
    const values = read();
    assert.equal(values['downstream_rq_rx_reset'], '1');
    assert.equal(values['no_route'], '1');
    assert.equal(values['no_cluster'], '1');
    assert.equal('downstream_rq_completed' in values, false);
  });

  it('count requests that were refused before any filter', () => {
    const { http, read } = make();
    const exchange = makeExchange();
    answer(exchange, 400, 0);
    http.filter.onEnd?.(exchange);
    assert.equal(read()['downstream_rq_total'], '1');
    assert.equal('downstream_rq_active' in read(), false);
  });
});

describe('statistics of connections', () => {
  it('count in and out, by version and TLS', () => {
    const { http, read } = make();
    const close = http.open('http2', true);
    http.open('http1', false);
    close();
    assert.deepEqual(Object.fromEntries(Object.entries(read()).filter(([name]) => name.startsWith('downstream_cx'))), {
      downstream_cx_active: '1',
      downstream_cx_destroy: '1',
      downstream_cx_http1_active: '1',
      downstream_cx_http1_total: '1',
      downstream_cx_http2_total: '1',
      downstream_cx_ssl_total: '1',
      downstream_cx_total: '2',
    });
  });
});
