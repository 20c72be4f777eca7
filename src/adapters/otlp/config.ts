import { Duration, type Infer, s } from 'fairlead/sdk';

const bucketsSchema = s.message(
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
);

const metricSchema = s.message({
  name: s.string('', 'Name of the metric; the instance name when left out.'),
  description: s.string('', 'What it measures.'),
  unit: s.string('', 'Unit in UCUM: `By`, `s`, `{request}`; `s` for durations when left out.'),
  kind: s.enum(
    { 0: 'UNSPECIFIED', 1: 'GAUGE', 2: 'COUNTER', 3: 'DISTRIBUTION' },
    'UNSPECIFIED',
    'How values add up; DISTRIBUTION for durations and COUNTER for all else when left out.',
  ),
  buckets: s.optional(bucketsSchema, 'Upper bounds of a DISTRIBUTION; 0.005 to 10 when left out.'),
  labelNames: s.list(s.string(), 'The dimensions that become attributes; all when left out.'),
});

const severities = {
  0: 'UNSPECIFIED',
  1: 'TRACE',
  5: 'DEBUG',
  9: 'INFO',
  13: 'WARN',
  17: 'ERROR',
  21: 'FATAL',
} as const;

const logSchema = s.message({
  body: s.string('', 'A Go template over the variables; no body when left out.'),
  severityLevels: s.map(
    s.enum(severities, 'UNSPECIFIED'),
    new Map(),
    'Severity by the text of the instance, besides the common ones.',
  ),
  traceId: s.string('traceId', 'The variable that holds the trace id.'),
  spanId: s.string('spanId', 'The variable that holds the span id.'),
});

/** Params of the otlp adapter, which Mixer never had. */
export const configSchema = s.message({
  endpoint: s.string('', 'Where the collector is: `https://otel:4318`, or `otel:4317` for GRPC.'),
  tracesEndpoint: s.string('', 'Another one for spans, whole: `https://otel:4318/v1/traces`.'),
  metricsEndpoint: s.string('', 'Another one for metrics, whole.'),
  logsEndpoint: s.string('', 'Another one for logs, whole.'),
  protocol: s.enum(
    { 0: 'HTTP_PROTOBUF', 1: 'HTTP_JSON', 2: 'GRPC' },
    'HTTP_PROTOBUF',
    'How the collector is spoken to.',
  ),
  headers: s.map(s.string(), new Map(), 'Sent with each request, for tokens.'),
  compression: s.enum({ 0: 'NONE', 1: 'GZIP' }, 'NONE', 'Compression of requests.'),
  timeout: s.duration(Duration.fromSeconds(10), 'How long one request may take.'),
  tls: s.optional(
    s.message({
      insecure: s.bool(false, 'GRPC without a scheme in the endpoint: no TLS.'),
      caFile: s.string('', "Certificates to trust, PEM; the system's when empty."),
      certFile: s.string('', 'Certificate of this client, PEM.'),
      keyFile: s.string('', 'Its key, PEM.'),
    }),
    'How the connection is secured.',
  ),
  serviceName: s.string('fairlead', 'The attribute `service.name` of metrics and logs.'),
  resourceAttributes: s.map(s.string(), new Map(), 'More attributes of the resource.'),
  metricsInterval: s.duration(Duration.fromSeconds(60), 'How often metrics are exported.'),
  maxSeries: s.int32(2000, 'How many combinations of attributes a metric may have; what is more goes into one.'),
  metrics: s.map(metricSchema, new Map(), 'What becomes of metric instances, by their qualified name.'),
  logs: s.map(logSchema, new Map(), 'What becomes of logentry instances, by their qualified name.'),
  traces: s.message({ sampleProbability: s.double(1, 'Share of all traces that is exported, 0 to 1.') }),
});

export type OtlpConfig = Infer<typeof configSchema>;
export type MetricConfig = Infer<typeof metricSchema>;
export type LogConfig = Infer<typeof logSchema>;
export type BucketsConfig = Infer<typeof bucketsSchema>;
