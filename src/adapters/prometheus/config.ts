import { Duration, type Infer, s } from 'fairlead/sdk';

const metricSchema = s.message({
  namespace: s.string('istio', 'First part of the exposed name; empty means `istio`.'),
  name: s.string('', 'Second part of the exposed name; the instance name when left out.'),
  instanceName: s.string(
    '',
    'Qualified name of the metric instance, for example `requestcount.instance.istio-system`.',
  ),
  description: s.string('', 'Help text; the name when left out.'),
  kind: s.enum({ 0: 'UNSPECIFIED', 1: 'GAUGE', 2: 'COUNTER', 3: 'DISTRIBUTION' }, 'UNSPECIFIED', 'How values add up.'),
  buckets: s.optional(
    s.message(
      {
        linearBuckets: s.optional(
          s.message({
            numFiniteBuckets: s.int32(0, 'One bound more than this is made.'),
            width: s.double(0, 'Distance between two bounds.'),
            offset: s.double(0, 'The lowest bound.'),
          }),
        ),
        exponentialBuckets: s.optional(
          s.message({
            numFiniteBuckets: s.int32(0, 'One bound more than this is made.'),
            growthFactor: s.double(0, 'Ratio of two bounds.'),
            scale: s.double(0, 'The lowest bound.'),
          }),
        ),
        explicitBuckets: s.optional(s.message({ bounds: s.list(s.double(), 'Upper bounds, strictly increasing.') })),
      },
      { oneofs: [['linearBuckets', 'exponentialBuckets', 'explicitBuckets']] },
    ),
    'Upper bounds of a DISTRIBUTION; 0.005 to 10 when left out.',
  ),
  labelNames: s.list(s.string(), 'The dimensions of the instance: all of them but `exemplarDimension`, and no others.'),
  exemplarDimension: s.string(
    '',
    'A dimension, for example `trace_id`, that is no label but goes with the latest value as its exemplar.',
  ),
});

/** Params of the prometheus adapter (adapters.md 4.1). */
export const configSchema = s.message({
  metrics: s.list(metricSchema, 'One entry for each metric instance.'),
  metricsExpirationPolicy: s.optional(
    s.message({
      metricsExpiryDuration: s.duration(Duration.zero, 'A series that is not updated for this long is dropped.'),
      expiryCheckIntervalDuration: s.duration(Duration.zero, 'How often to look; half of the expiry when zero.'),
    }),
    'Drops series that are no longer updated; without it they stay.',
  ),
  maxSeriesPerMetric: s.int32(
    100_000,
    'Updates that would make more series than this go to one series whose labels are all `overflow`; 0 is no limit.',
  ),
});

export type PrometheusConfig = Infer<typeof configSchema>;
export type MetricConfig = Infer<typeof metricSchema>;
export type BucketsConfig = NonNullable<MetricConfig['buckets']>;
