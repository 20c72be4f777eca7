/** Where the handlers of {@link backendsConfig} deliver. */
export interface BackendPorts {
  readonly fluentd: number;
  readonly otlp: number;
}

const head = (kind: string, name: string): string =>
  `---\nkind: ${kind}\nmetadata: { name: ${name}, namespace: istio-system }\n`;
const isHttp = 'context.protocol == "http" || context.protocol == "grpc"';
const metrics = ['requestcount', 'requestduration', 'requestsize', 'responsesize'];

/**
 * What comes on top of the default telemetry with its access log: fluentd gets the log's line of 41 variables of every
 * request, OTLP the line, the four metrics of 20 labels and a span.
 */
export const backendsConfig = ({ fluentd, otlp }: BackendPorts): string =>
  `${head('handler', 'fluentd')}spec:
  compiledAdapter: fluentd
  params: { address: "127.0.0.1:${fluentd}", pushIntervalDuration: 1s }
${head('handler', 'otlp')}spec:
  compiledAdapter: otlp
  params: { endpoint: "http://127.0.0.1:${otlp}", metricsInterval: 5s }
${head('instance', 'span')}spec:
  compiledTemplate: tracespan
  params:
    traceId: request.headers["x-b3-traceid"] | "463ac35c9f6413ad48485a3953bb6124"
    spanId: request.headers["x-b3-spanid"] | "a2fb4a1d1a96d312"
    parentSpanId: request.headers["x-b3-parentspanid"] | "0020000000000001"
    spanName: destination.service.name | request.path | "unknown"
    startTime: request.time
    endTime: response.time
    clientSpan: (context.reporter.kind | "inbound") == "outbound"
    httpStatusCode: response.code | 0
    sourceName: source.workload.name | "unknown"
    sourceIp: source.ip | ip("0.0.0.0")
    destinationName: destination.workload.name | "unknown"
    destinationIp: destination.ip | ip("0.0.0.0")
    requestSize: request.size | 0
    responseSize: response.size | 0
    apiProtocol: context.protocol | "http"
    spanTags:
      http.method: request.method | ""
      http.path: request.path | ""
      http.host: request.host | ""
      http.user_agent: request.useragent | ""
      request.id: request.id | ""
${head('rule', 'fluentd')}spec:
  match: ${isHttp}
  actions: [ { handler: fluentd, instances: [ accesslog ] } ]
${head('rule', 'otlp')}spec:
  match: ${isHttp}
  actions: [ { handler: otlp, instances: [ ${[...metrics, 'accesslog', 'span'].join(', ')} ] } ]
`;

/** The bytes that the queues of {@link backendsConfig} may hold: two batches of fluentd, three signals of OTLP. */
export const statedQueueBytes = { fluentd: 2 * 8 * 2 ** 20, otlp: 3 * 32 * 2 ** 20 };

/** The access log once more, in a file that is rotated. */
export const logFileConfig = (path: string): string =>
  `${head('handler', 'logfile')}spec:
  compiledAdapter: stdio
  params: { logStream: ROTATED_FILE, outputPath: ${JSON.stringify(path)}, maxMegabytesBeforeRotation: 10, maxRotatedFiles: 2, outputAsJson: true }
${head('rule', 'logfile')}spec:
  match: ${isHttp}
  actions: [ { handler: logfile, instances: [ accesslog ] } ]
`;
