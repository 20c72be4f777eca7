import type { ReportProblem } from 'fairlead/sdk';
import { parseTemplate } from 'fairlead/sdk/gotemplate';

import { findBucketsProblem } from './buckets.js';
import type { OtlpConfig } from './config.js';
import { findEndpointProblem } from './endpoint.js';

const endpoints = ['endpoint', 'tracesEndpoint', 'metricsEndpoint', 'logsEndpoint'] as const;
const token = /^[\w!#$%&'*+.^`|~-]+$/;
// Visible characters, blanks and tabs: a line break would be a second header.
const headerValue = /^[\t\x20-\x7e]*$/;
// Those that the protocol needs for itself.
const ownHeaders =
  /^(?:content-(?:type|length|encoding)|transfer-encoding|connection|host|te|user-agent|grpc-.*|.*-bin)$/i;
const metricName = /^[A-Za-z][\w./-]{0,254}$/;
const maxSeriesLimit = 100_000;

/** Finds what no collector could be reached with, and what would make metrics or logs that nobody understands. */
export function validateConfig(config: OtlpConfig, report: ReportProblem): void {
  for (const field of endpoints) {
    const problem = config[field] === '' ? undefined : findEndpointProblem(config[field], config);
    if (problem !== undefined) report(field, problem);
  }
  validateTls(config, report);
  validateHeaders(config, report);
  validateNumbers(config, report);
  validateMetrics(config, report);
  validateLogs(config, report);
}

function validateHeaders({ headers }: OtlpConfig, report: ReportProblem): void {
  for (const [name, value] of headers) {
    if (!token.test(name)) report(`headers.${name}`, 'is no name of a header');
    else if (ownHeaders.test(name)) report(`headers.${name}`, 'is a header that the protocol sets itself');
    // The value may be a secret: it is not shown.
    else if (!headerValue.test(value)) report(`headers.${name}`, 'has a value that no header can have');
  }
}

function validateNumbers(config: OtlpConfig, report: ReportProblem): void {
  if (!(config.timeout.toMillis() > 0)) report('timeout', 'must be greater than 0');
  if (config.metricsInterval.toMillis() < 1000) report('metricsInterval', 'must be at least 1s');
  if (config.maxSeries < 1 || config.maxSeries > maxSeriesLimit) {
    report('maxSeries', `must be between 1 and ${maxSeriesLimit}`);
  }
  const { sampleProbability } = config.traces;
  if (!(sampleProbability >= 0 && sampleProbability <= 1)) {
    report('traces.sampleProbability', 'must be between 0 and 1');
  }
}

function validateTls({ tls }: OtlpConfig, report: ReportProblem): void {
  if (tls === undefined) return;
  if (tls.certFile === '' && tls.keyFile !== '') report('tls.certFile', 'needs a value beside keyFile');
  if (tls.keyFile === '' && tls.certFile !== '') report('tls.keyFile', 'needs a value beside certFile');
  if (tls.insecure && tls.caFile + tls.certFile !== '') report('tls.insecure', 'must not be set beside certificates');
}

function validateMetrics({ metrics }: OtlpConfig, report: ReportProblem): void {
  const names = new Map<string, string>();
  for (const [instance, metric] of metrics) {
    const name = metric.name === '' ? instance : metric.name;
    const path = `metrics.${instance}`;
    const rival = names.get(name);
    if (!metricName.test(name)) report(`${path}.name`, `'${name}' is no name of a metric`);
    else if (rival !== undefined) report(`${path}.name`, `'${name}' is also the name of instance '${rival}'`);
    names.set(name, instance);
    const problem = metric.buckets === undefined ? undefined : findBucketsProblem(metric.buckets);
    if (problem !== undefined) report(`${path}.buckets.${problem.path}`, problem.message);
    const twice = metric.labelNames.findIndex((label, index) => metric.labelNames.indexOf(label) < index);
    if (twice >= 0) report(`${path}.labelNames[${twice}]`, `'${metric.labelNames[twice]!}' is named twice`);
  }
}

function validateLogs({ logs }: OtlpConfig, report: ReportProblem): void {
  for (const [instance, { body }] of logs) {
    for (const { line, column, message } of parseTemplate(body).problems ?? []) {
      report(`logs.${instance}.body`, `${message} (line ${line}, column ${column})`);
    }
  }
}
