import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatPrometheus } from '../../../../src/proxy/observe/stats/prometheus-page.js';
import { readClusters, readMixer, readNamed } from '../../../../src/proxy/observe/stats/sources.js';
import { filterStats, parseStatFilter } from '../../../../src/proxy/observe/stats/stat-filter.js';
import { formatStatJson, formatStatLines } from '../../../../src/proxy/observe/stats/stat-pages.js';
import { Stats } from '../../../../src/proxy/observe/stats/stats.js';

function sample(): Stats {
  const stats = new Stats();
  const http = stats.group('http', 'inbound_9080');
  http.counter('downstream_rq_total').value = 3;
  http.counter('downstream_rq_2xx').value = 2;
  http.gauge('downstream_rq_active').value = 1;
  http.counter('no_route');
  stats.addSource(() =>
    readClusters([
      {
        name: 'outbound|9080||"a".b',
        endpoints: [],
        stats: new Map([
          ['upstream_rq_5xx', 4],
          ['upstream_cx_active', 7],
          ['outlier_detection.ejections_active', 0],
        ]),
        pick: () => undefined,
        enter: () => undefined,
        note: () => undefined,
        countLocal: () => undefined,
      },
    ]),
  );
  stats.addSource(() => readNamed('listener', new Map([['0.0.0.0_80', new Map([['downstream_cx_total', 9]])]])));
  stats.addSource(() => readMixer('http_mixer_filter', { total_check_calls: 5 }));
  return stats;
}

describe('statistics', () => {
  it('are the same object for the same name', () => {
    const stats = new Stats();
    assert.equal(stats.group('http', 'a').counter('b'), stats.group('http', 'a').counter('b'));
    assert.notEqual(stats.group('http', 'a').counter('b'), stats.group('http', 'c').counter('b'));
  });

  it('may have any name', () => {
    const stats = new Stats();
    stats.group('cluster', '__proto__').counter('constructor').value++;
    assert.equal(formatStatLines(stats.snapshot()), 'cluster.__proto__.constructor: 1\n');
  });

  it('of things that are gone can be forgotten', () => {
    const stats = sample();
    stats.retain('http', new Set(['other']));
    assert.equal(formatStatLines(stats.snapshot()).includes('http.'), false);
  });
});

describe('the text of statistics', () => {
  it('has a sorted line for each', () => {
    assert.deepEqual(formatStatLines(sample().snapshot()).split('\n'), [
      'cluster.outbound|9080||"a".b.outlier_detection.ejections_active: 0',
      'cluster.outbound|9080||"a".b.upstream_cx_active: 7',
      'cluster.outbound|9080||"a".b.upstream_rq_5xx: 4',
      'http.inbound_9080.downstream_rq_2xx: 2',
      'http.inbound_9080.downstream_rq_active: 1',
      'http.inbound_9080.downstream_rq_total: 3',
      'http.inbound_9080.no_route: 0',
      'http_mixer_filter.total_check_calls: 5',
      'listener.0.0.0.0_80.downstream_cx_total: 9',
      '',
    ]);
  });

  it('has quantiles of histograms', () => {
    const stats = new Stats();
    const histogram = stats.group('http', 'a').histogram('downstream_rq_time');
    assert.equal(formatStatLines(stats.snapshot()), 'http.a.downstream_rq_time: No recorded values\n');
    for (const value of [1, 2, 3, 4]) histogram.record(value);
    assert.match(
      formatStatLines(stats.snapshot()),
      /: P0\(nan,1\) P25\(nan,1\) P50\(nan,2\) .* P99\.9\(nan,4\) P100\(nan,4\)\n$/,
    );
  });

  it('can be filtered', () => {
    const page = (query: string): string =>
      formatStatLines(filterStats(sample().snapshot(), parseStatFilter(new URLSearchParams(query))));
    assert.equal(
      page('filter=^http\\.'),
      formatStatLines(sample().snapshot())
        .split('\n')
        .filter((line) => line.startsWith('http.'))
        .map((line) => `${line}\n`)
        .join(''),
    );
    assert.equal(page('usedonly').includes(': 0\n'), false);
    assert.equal(page('usedonly&filter=no_route'), '');
    assert.throws(() => page('filter=('));
  });
});

describe('statistics as JSON', () => {
  it('are a sorted list, and a list of quantiles', () => {
    const stats = sample();
    stats.group('http', 'a').histogram('t').record(8);
    const { stats: list } = JSON.parse(formatStatJson(stats.snapshot())) as { stats: Record<string, unknown>[] };
    assert.deepEqual(list[2], { name: 'cluster.outbound|9080||"a".b.upstream_rq_5xx', value: 4 });
    const { computed_quantiles: computed } = list.at(-1)?.['histograms'] as { computed_quantiles: unknown[] };
    assert.equal(computed.length, 1);
  });
});

describe('statistics for Prometheus', () => {
  it('have the names and labels that Envoy gives them', () => {
    assert.equal(
      formatPrometheus(sample().snapshot()),
      [
        '# TYPE envoy_cluster_outlier_detection_ejections_active gauge',
        'envoy_cluster_outlier_detection_ejections_active{envoy_cluster_name="outbound|9080||\\"a\\".b"} 0',
        '# TYPE envoy_cluster_upstream_cx_active gauge',
        'envoy_cluster_upstream_cx_active{envoy_cluster_name="outbound|9080||\\"a\\".b"} 7',
        '# TYPE envoy_cluster_upstream_rq_xx counter',
        'envoy_cluster_upstream_rq_xx{envoy_response_code_class="5",envoy_cluster_name="outbound|9080||\\"a\\".b"} 4',
        '# TYPE envoy_http_downstream_rq_active gauge',
        'envoy_http_downstream_rq_active{envoy_http_conn_manager_prefix="inbound_9080"} 1',
        '# TYPE envoy_http_downstream_rq_total counter',
        'envoy_http_downstream_rq_total{envoy_http_conn_manager_prefix="inbound_9080"} 3',
        '# TYPE envoy_http_downstream_rq_xx counter',
        'envoy_http_downstream_rq_xx{envoy_response_code_class="2",envoy_http_conn_manager_prefix="inbound_9080"} 2',
        '# TYPE envoy_http_mixer_filter_total_check_calls counter',
        'envoy_http_mixer_filter_total_check_calls 5',
        '# TYPE envoy_http_no_route counter',
        'envoy_http_no_route{envoy_http_conn_manager_prefix="inbound_9080"} 0',
        '# TYPE envoy_listener_downstream_cx_total counter',
        'envoy_listener_downstream_cx_total{envoy_listener_address="0.0.0.0_80"} 9',
        '',
      ].join('\n'),
    );
  });

  it('have codes as labels, and histograms in buckets', () => {
    const stats = new Stats();
    stats.group('cluster', 'c').counter('upstream_rq_503').value = 2;
    stats.group('http', 'a').histogram('downstream_rq_time').record(7);
    const page = formatPrometheus(stats.snapshot());
    assert.match(page, /envoy_cluster_upstream_rq\{envoy_response_code="503",envoy_cluster_name="c"\} 2\n/);
    assert.match(page, /_time_bucket\{envoy_http_conn_manager_prefix="a",le="5"\} 0\n/);
    assert.match(page, /_time_bucket\{envoy_http_conn_manager_prefix="a",le="10"\} 1\n/);
    assert.match(page, /_time_bucket\{envoy_http_conn_manager_prefix="a",le="\+Inf"\} 1\n/);
    assert.match(page, /_time_sum\{envoy_http_conn_manager_prefix="a"\} 7\n/);
  });
});
