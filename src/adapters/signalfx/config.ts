import { Duration, type Infer, s } from 'fairlead/sdk';

/** Params of the signalfx adapter (adapters.md 4.12); `maxSeries` is fairlead's own. */
export const signalfxConfig = s.message({
  accessToken: s.string('', 'Access token of an organization.'),
  ingestUrl: s.string('', 'Where to send to; empty is https://ingest.signalfx.com.'),
  metrics: s.list(
    s.message({
      name: s.string('', 'Qualified name of the metric instance, as in "requestcount.instance.istio-system".'),
      type: s.enum({ 0: 'NONE', 1: 'COUNTER', 2: 'HISTOGRAM' }, 'NONE', 'What is made of it.'),
    }),
    'One entry for each metric instance that rules send here.',
  ),
  enableMetrics: s.bool(true, 'Whether metrics are sent.'),
  datapointInterval: s.duration(Duration.fromSeconds(10), 'How often metrics are sent, in whole seconds.'),
  maxSeries: s.int32(10_000, 'Time series that are kept at once; what is more shares one series per metric.'),
  enableTracing: s.bool(true, 'Whether spans are sent.'),
  tracingBufferSize: s.int32(1000, 'Spans that may wait; what is more is dropped.'),
  tracingSampleProbability: s.double(1, 'Share of all traces that is sent, 0 to 1.'),
});

export type SignalfxConfig = Infer<typeof signalfxConfig>;
