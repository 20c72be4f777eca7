import type { ReportProblem } from 'fairlead/sdk';
import { parseTemplate } from 'fairlead/sdk/gotemplate';
import { bucketsProblem } from './buckets.js';
import type { LogInfo, MetricInfo, SinkInfo, StackdriverConfig } from './config.js';
import { baseUrl, endpointProblem, isLocal, isPlain } from './endpoints.js';

const endpointFields = ['endpoint', 'monitoringEndpoint', 'loggingEndpoint', 'traceEndpoint'] as const;
// Cloud Monitoring takes one point of a series in that time.
const leastMillis = 5000;

/** Finds what the schema cannot (adapters.md 4.8). Whether the project can be found out, only the machine knows. */
export function validateConfig(config: StackdriverConfig, report: ReportProblem): void {
  for (const field of endpointFields) validateEndpoint(config, field, report);
  const pushMillis = config.pushInterval.toMillis();
  if (pushMillis < 0) report('pushInterval', 'must not be negative');
  else if (pushMillis > 0 && pushMillis < leastMillis) {
    report('pushInterval', 'is less than 5s, in which Google takes one point of a metric; 5s is used', 'warning');
  }
  if (config.apiKey !== undefined) {
    report('apiKey', 'is not supported any more; application default credentials are used', 'warning');
  }
  const probability = config.trace?.sampleProbability ?? 0;
  if (!(probability >= 0 && probability <= 1)) report('trace.sampleProbability', 'must be between 0 and 1');
  for (const [name, info] of config.metricInfo) validateMetric(info, keyed('metricInfo', name), report);
  for (const [name, info] of config.logInfo) validateLog(info, keyed('logInfo', name), report);
}

function validateEndpoint(
  config: StackdriverConfig,
  field: (typeof endpointFields)[number],
  report: ReportProblem,
): void {
  if (config[field] === '') return;
  const problem = endpointProblem(config[field]);
  if (problem !== undefined) {
    report(field, problem);
    return;
  }
  const url = baseUrl(config[field]);
  const hasCredentials = config.serviceAccountPath !== undefined || config.appCredentials === true;
  if (hasCredentials && isPlain(url) && !isLocal(url)) report(field, 'credentials go there unencrypted', 'warning');
}

function validateMetric({ value, buckets }: MetricInfo, path: string, report: ReportProblem): void {
  if (value !== 'DISTRIBUTION') return;
  if (buckets === undefined) {
    report(`${path}.buckets`, 'must be given for a DISTRIBUTION');
    return;
  }
  const problem = bucketsProblem(buckets);
  if (problem === undefined) return;
  report(problem.path === '' ? `${path}.buckets` : `${path}.buckets.${problem.path}`, problem.message);
}

function validateLog({ payloadTemplate, sinkInfo }: LogInfo, path: string, report: ReportProblem): void {
  for (const { message, line, column } of parseTemplate(payloadTemplate).problems ?? []) {
    report(`${path}.payloadTemplate`, `${message} (line ${line}, column ${column} of the template)`);
  }
  if (sinkInfo !== undefined) validateSink(sinkInfo, `${path}.sinkInfo`, report);
}

function validateSink({ id, destination }: SinkInfo, path: string, report: ReportProblem): void {
  if (id === '') report(`${path}.id`, 'must be given');
  if (destination === '') report(`${path}.destination`, 'must be given');
}

/** The path of a map's entry: names of instances have dots. */
function keyed(field: string, key: string): string {
  return /^[A-Za-z_][\w-]*$/.test(key) ? `${field}.${key}` : `${field}[${JSON.stringify(key)}]`;
}
