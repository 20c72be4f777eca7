import { test } from 'node:test';
import { metric } from 'fairlead/templates';
import prometheus from '../../../src/adapters/prometheus/index.js';
import { adapterSuite, sampleInstance } from '../../../src/testing/index.js';

const labels = Object.keys(sampleInstance(metric).dimensions).join(', ');
const sample = (more: string) =>
  `metrics: [{name: m, instance_name: sample.metric.default, label_names: [${labels}], ${more}}]`;
const bad = (entry: string, path: string) => ({
  params: `metrics: [{name: m, instance_name: i, ${entry}}]`,
  path: `metrics[0].${path}`,
});
const policy = (text: string, field: string) => ({
  params: `metrics_expiration_policy: {${text}}`,
  path: `metricsExpirationPolicy.${field}`,
});

adapterSuite({
  test,
  adapter: prometheus,
  configs: {
    good: [
      sample('kind: COUNTER') + '\nmetrics_expiration_policy: {metrics_expiry_duration: 1m}',
      sample('kind: 1'),
      sample('kind: DISTRIBUTION, buckets: {linear_buckets: {num_finite_buckets: 1, offset: 4, width: 1}}'),
      sample('kind: DISTRIBUTION, buckets: {exponential_buckets: {num_finite_buckets: 3, scale: 4, growth_factor: 3}}'),
      sample('kind: DISTRIBUTION, buckets: {explicit_buckets: {bounds: []}}'),
      sample('kind: COUNTER') + '\nmax_series_per_metric: 0',
    ],
    bad: [
      bad('kind: UNSPECIFIED', 'kind'),
      bad('label_names: []', 'kind'),
      bad('kind: GAUGE, namespace: 4x', 'name'),
      bad('kind: GAUGE, label_names: [a, 1b]', 'labelNames[1]'),
      bad('kind: GAUGE, label_names: [__name__]', 'labelNames[0]'),
      bad('kind: GAUGE, label_names: [a.b, a/b]', 'labelNames[1]'),
      bad('kind: DISTRIBUTION, label_names: [le]', 'labelNames[0]'),
      bad('kind: DISTRIBUTION, buckets: {explicit_buckets: {bounds: [1, 1]}}', 'buckets.explicitBuckets.bounds'),
      bad('kind: DISTRIBUTION, buckets: {linear_buckets: {num_finite_buckets: 2}}', 'buckets.linearBuckets'),
      bad('kind: DISTRIBUTION, buckets: {linear_buckets: {num_finite_buckets: -1, width: 1}}', 'buckets.linearBuckets'),
      bad(
        'kind: DISTRIBUTION, buckets: {exponential_buckets: {num_finite_buckets: 2000000000, scale: 1, growth_factor: 2}}',
        'buckets.exponentialBuckets',
      ),
      bad(
        'kind: DISTRIBUTION, buckets: {exponential_buckets: {num_finite_buckets: 2, scale: 1, growth_factor: 1}}',
        'buckets.exponentialBuckets',
      ),
      bad('kind: GAUGE, exemplar_dimension: trace_id', 'exemplarDimension'),
      bad('kind: COUNTER, exemplar_dimension: a, label_names: [a]', 'exemplarDimension'),
      bad('kind: COUNTER, exemplar_dimension: 1', 'exemplarDimension'),
      { params: 'max_series_per_metric: -1', path: 'maxSeriesPerMetric' },
      policy('', 'metricsExpiryDuration'),
      policy('metrics_expiry_duration: 0s', 'metricsExpiryDuration'),
      policy('metrics_expiry_duration: 1s, expiry_check_interval_duration: -1s', 'expiryCheckIntervalDuration'),
      {
        params: 'metrics: [{instance_name: i, kind: GAUGE}, {instance_name: i, name: b, kind: GAUGE}]',
        path: 'metrics[1].instanceName',
      },
      {
        params: 'metrics: [{name: a, instance_name: i, kind: GAUGE}, {name: a, instance_name: j, kind: COUNTER}]',
        path: 'metrics[1].name',
      },
    ],
  },
  readme: new URL('../../../src/adapters/prometheus/README.md', import.meta.url),
});
