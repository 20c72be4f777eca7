import { Duration, type Infer, s } from 'fairlead/sdk';

const count = 'How many buckets there are between the lowest and the highest bound.';

const bucketsSchema = s.message(
  {
    linearBuckets: s.optional(
      s.message({
        numFiniteBuckets: s.int32(0, count),
        width: s.double(0, 'Distance between two bounds.'),
        offset: s.double(0, 'The lowest bound.'),
      }),
    ),
    exponentialBuckets: s.optional(
      s.message({
        numFiniteBuckets: s.int32(0, count),
        growthFactor: s.double(0, 'Ratio of two bounds.'),
        scale: s.double(0, 'The lowest bound.'),
      }),
    ),
    explicitBuckets: s.optional(s.message({ bounds: s.list(s.double(), 'The bounds, strictly increasing.') })),
  },
  { oneofs: [['linearBuckets', 'exponentialBuckets', 'explicitBuckets']] },
);

const metricInfoSchema = s.message({
  kind: s.enum(
    { 0: 'METRIC_KIND_UNSPECIFIED', 1: 'GAUGE', 2: 'DELTA', 3: 'CUMULATIVE' },
    'METRIC_KIND_UNSPECIFIED',
    'The kind as the metric descriptor has it.',
  ),
  value: s.enum(
    { 0: 'VALUE_TYPE_UNSPECIFIED', 1: 'BOOL', 2: 'INT64', 3: 'DOUBLE', 4: 'STRING', 5: 'DISTRIBUTION' },
    'VALUE_TYPE_UNSPECIFIED',
    'The type of its values; by the type of the expression when left out.',
  ),
  buckets: s.optional(bucketsSchema, 'The buckets of a DISTRIBUTION.'),
  metricType: s.string('', 'The metric; `custom.googleapis.com/` and the name of the instance when left out.'),
});

const httpMappingSchema = s.message({
  status: s.string('', 'The variable with the status of the response.'),
  requestSize: s.string('', 'The variable with the size of the request.'),
  responseSize: s.string('', 'The variable with the size of the response.'),
  latency: s.string('', 'The variable with the time that the request took.'),
  localIp: s.string('', 'The variable with the address of the server.'),
  remoteIp: s.string('', 'The variable with the address of the client.'),
  url: s.string('', 'The variable with the URL.'),
  method: s.string('', 'The variable with the method.'),
  userAgent: s.string('', 'The variable with the user agent.'),
  referer: s.string('', 'The variable with the referer.'),
});

const sinkSchema = s.message({
  id: s.string('', 'Name of the sink.'),
  destination: s.string('', 'Where the entries are exported to.'),
  filter: s.string('', 'Which entries are exported.'),
  UniqueWriterIdentity: s.bool(false, 'Whether the sink writes with an identity of its own.'),
  UpdateDestination: s.bool(false, 'Whether the destination of a sink that exists is changed.'),
  UpdateFilter: s.bool(false, 'Whether the filter of a sink that exists is changed.'),
  UpdateIncludeChildren: s.bool(false, 'Whether a sink that exists no longer includes what is below the project.'),
});

const logInfoSchema = s.message({
  labelNames: s.list(s.string(), 'The variables that become labels.'),
  payloadTemplate: s.string('', 'The text of an entry: a Go template over the variables.'),
  httpMapping: s.optional(httpMappingSchema, 'The variables that describe an HTTP request.'),
  sinkInfo: s.optional(sinkSchema, 'A sink for the entries, made or changed when the handler starts.'),
});

/** Params of the stackdriver adapter (adapters.md 4.8). The endpoints of the single APIs are ours. */
export const configSchema = s.message(
  {
    endpoint: s.string('', "Where all three APIs are; each one's own host at Google when left out."),
    monitoringEndpoint: s.string('', 'Where Cloud Monitoring is, in place of `endpoint`.'),
    loggingEndpoint: s.string('', 'Where Cloud Logging is, in place of `endpoint`.'),
    traceEndpoint: s.string('', 'Where Cloud Trace is, in place of `endpoint`.'),
    projectId: s.string('', "The project; the machine's own on Google's machines when left out."),
    meshUid: s.string('', 'Becomes the label `mesh_uid` of all metrics.'),
    pushInterval: s.duration(Duration.zero, 'How often metrics are sent; every minute when 0.'),
    appCredentials: s.optional(s.bool(false), 'Uses the Application Default Credentials.'),
    apiKey: s.optional(s.string(), 'Not supported any more.'),
    serviceAccountPath: s.optional(s.string(), 'File with the key of a service account, in JSON.'),
    metricInfo: s.map(metricInfoSchema, new Map(), 'Metrics by the name of the instance.'),
    logInfo: s.map(logInfoSchema, new Map(), 'Logs by the name of the instance.'),
    trace: s.optional(
      s.message({ sampleProbability: s.double(0, 'Share of all traces that is exported, 0 to 1.') }),
      'How spans are exported.',
    ),
  },
  { oneofs: [['appCredentials', 'apiKey', 'serviceAccountPath']] },
);

export type StackdriverConfig = Infer<typeof configSchema>;
export type MetricInfo = Infer<typeof metricInfoSchema>;
export type LogInfo = Infer<typeof logInfoSchema>;
export type HttpMapping = Infer<typeof httpMappingSchema>;
export type SinkInfo = Infer<typeof sinkSchema>;
export type BucketsConfig = Infer<typeof bucketsSchema>;
