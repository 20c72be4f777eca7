import { randomUUID } from 'node:crypto';
import { Duration, type Instance } from 'fairlead/sdk';
import type { servicecontrolreport } from 'fairlead/templates';
import { codeOfHttp } from './codes.js';
import { ExponentialBuckets } from './distribution.js';
import { cleanText, writableTime } from './writable.js';

type Report = Instance<typeof servicecontrolreport>;

const latencies = new ExponentialBuckets(29, 2, 1e-6);
const sizes = new ExponentialBuckets(8, 10, 1);
const prefix = 'serviceruntime.googleapis.com';
const location = 'global';

type Kind = 'count' | 'latency' | 'size';

/** What is reported, and whether it is about a consumer. */
const metrics: readonly { readonly name: string; readonly kind: Kind; readonly ofConsumer: boolean }[] = [
  { name: 'producer/request_count', kind: 'count', ofConsumer: false },
  { name: 'producer/backend_latencies', kind: 'latency', ofConsumer: false },
  { name: 'producer/request_sizes', kind: 'size', ofConsumer: false },
  { name: 'producer/by_consumer/request_count', kind: 'count', ofConsumer: true },
  { name: 'consumer/request_count', kind: 'count', ofConsumer: true },
  { name: 'consumer/backend_latencies', kind: 'latency', ofConsumer: true },
];

/** What a report does not say itself. */
interface Context {
  readonly now: number;
  /** Number of the consumer's project, when it is known. */
  readonly project: string | undefined;
}

/** The operation that Service Control gets for a request, as text of JSON. It has an id of its own. */
export function encodeOperation(given: Report, { now, project }: Context): string {
  const report = withCleanTexts(given);
  const start = writableTime(report.requestTime, now);
  const answered = writableTime(report.responseTime, now);
  const end = answered.compare(start) < 0 ? start : answered;
  const times = { startTime: start.toString(), endTime: end.toString() };
  const { apiKey = '', apiOperation = '' } = report;
  return JSON.stringify({
    operationId: randomUUID(),
    operationName: apiOperation,
    consumerId: apiKey === '' ? undefined : `api_key:${apiKey}`,
    ...times,
    labels: labelsOf(report, project),
    metricValueSets: metrics
      .filter(({ ofConsumer }) => !ofConsumer || apiKey !== '')
      .map(({ name, kind }) => ({
        metricName: `${prefix}/api/${name}`,
        metricValues: [{ ...times, ...valueOf(report, kind) }],
      })),
    logEntries: [logEntryOf(report, times.startTime)],
  });
}

function withCleanTexts(report: Report): Report {
  const { apiKey, apiOperation, apiProtocol, apiService, apiVersion, requestMethod } = report;
  const texts = { apiKey, apiOperation, apiProtocol, apiService, apiVersion, requestMethod };
  const clean = Object.entries(texts).map(([name, text]) => [name, text === undefined ? text : cleanText(text)]);
  return { ...report, ...(Object.fromEntries(clean) as typeof texts) };
}

function valueOf({ requestBytes = 0n, responseLatency = Duration.zero }: Report, kind: Kind): object {
  switch (kind) {
    case 'count':
      return { int64Value: '1' };
    case 'latency':
      return { distributionValue: latencies.distributionOf(responseLatency.toSeconds()) };
    case 'size':
      return { distributionValue: sizes.distributionOf(Number(requestBytes)) };
  }
}

function labelsOf(report: Report, project: string | undefined): Readonly<Record<string, string | undefined>> {
  const { apiKey = '', apiProtocol, apiOperation, apiVersion, responseCode = 0n } = report;
  const status = Number(responseCode);
  const statusClass = `${Math.floor(status / 100)}xx`;
  return {
    '/credential_id': apiKey === '' ? undefined : `apiKey:${apiKey}`,
    '/error_type': status >= 400 ? statusClass : undefined,
    '/protocol': some(apiProtocol),
    '/response_code': String(responseCode),
    '/response_code_class': statusClass,
    '/status_code': String(codeOfHttp(status)),
    'cloud.googleapis.com/location': location,
    [`${prefix}/api_method`]: some(apiOperation),
    [`${prefix}/api_version`]: some(apiVersion),
    [`${prefix}/consumer_project`]: project,
  };
}

function logEntryOf(report: Report, timestamp: string): object {
  const { apiService, apiOperation, apiKey, requestMethod, requestBytes = 0n, responseCode = 0n } = report;
  const failed = responseCode >= 400n;
  const isAuth = responseCode === 401n || responseCode === 403n;
  return {
    name: 'endpoints_log',
    timestamp,
    severity: failed ? 'ERROR' : 'INFO',
    // Numbers of a Struct are doubles.
    structPayload: {
      api_name: some(apiService),
      api_operation: some(apiOperation),
      api_key: some(apiKey),
      http_method: some(requestMethod),
      http_response_code: Number(responseCode),
      request_size_in_bytes: Number(requestBytes),
      request_latency_in_ms: report.responseLatency?.toMillis(),
      timestamp,
      location,
      log_message: some(apiOperation) === undefined ? undefined : `Method:${apiOperation ?? ''}`,
      error_cause: failed ? (isAuth ? 'auth' : 'application') : undefined,
    },
  };
}

function some(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
