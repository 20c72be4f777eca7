import type { ReportProblem } from 'fairlead/sdk';

import { boundsProblem } from './buckets.js';
import type { MetricConfig, PrometheusConfig } from './config.js';
import { createDefinition } from './definition.js';
import { fullName, isLabelName, isMetricName, safeName } from './naming.js';

/** Finds what Mixer's Prometheus client refuses or dies of, so that it is told at load time. */
export function validateConfig(config: PrometheusConfig, report: ReportProblem): void {
  const policy = config.metricsExpirationPolicy;
  if (policy !== undefined && policy.metricsExpiryDuration.toNanos() <= 0n) {
    report('metricsExpirationPolicy.metricsExpiryDuration', 'must be greater than 0');
  }
  if (policy !== undefined && policy.expiryCheckIntervalDuration.toNanos() < 0n) {
    report('metricsExpirationPolicy.expiryCheckIntervalDuration', 'must not be negative');
  }
  if (config.maxSeriesPerMetric < 0) report('maxSeriesPerMetric', 'must not be negative; 0 is no limit');
  const sound = config.metrics.map((metric, index) => validateMetric(metric, `metrics[${index}]`, report));
  findDuplicates(config.metrics, sound, report);
}

function validateMetric(metric: MetricConfig, path: string, report: ReportProblem): boolean {
  let sound = true;
  const complain = (field: string, message: string): void => {
    sound = false;
    report(`${path}.${field}`, message);
  };
  const name = fullName(metric);
  if (!isMetricName(name)) complain('name', `'${name}' is not a valid metric name`);
  if (metric.kind === 'UNSPECIFIED') complain('kind', 'unknown kind: must be GAUGE, COUNTER or DISTRIBUTION');
  validateLabels(metric, complain);
  if (metric.exemplarDimension !== '') validateExemplar(metric, complain);
  if (metric.exemplarDimension !== '' && metric.kind === 'COUNTER' && !name.endsWith('_total')) {
    report(
      `${path}.exemplarDimension`,
      `scrapers see exemplars of a counter only if its name ends in _total`,
      'warning',
    );
  }
  const problem = metric.buckets === undefined ? undefined : boundsProblem(metric.buckets);
  if (problem !== undefined) complain(`buckets.${problem.path}`, problem.message);
  return sound;
}

function validateLabels(metric: MetricConfig, complain: ReportProblem): void {
  const seen = new Set<string>();
  for (const [index, dimension] of metric.labelNames.entries()) {
    const label = safeName(dimension);
    const at = `labelNames[${index}]`;
    if (!isLabelName(label)) complain(at, `'${label}' is not a valid label name`);
    else if (label === 'le' && metric.kind === 'DISTRIBUTION') complain(at, "'le' is reserved for the buckets");
    else if (seen.has(label)) complain(at, `label '${label}' is named twice`);
    seen.add(label);
  }
}

function validateExemplar(metric: MetricConfig, complain: ReportProblem): void {
  const dimension = metric.exemplarDimension;
  const label = safeName(dimension);
  if (!isLabelName(label)) complain('exemplarDimension', `'${label}' is not a valid label name`);
  else if (metric.labelNames.includes(dimension)) complain('exemplarDimension', `'${dimension}' is a label already`);
  else if (metric.kind === 'GAUGE') complain('exemplarDimension', 'a gauge has no exemplars');
}

function findDuplicates(metrics: readonly MetricConfig[], sound: readonly boolean[], report: ReportProblem): void {
  const instances = new Set<string>();
  const shapes = new Map<string, string>();
  for (const [index, metric] of metrics.entries()) {
    if (instances.has(metric.instanceName)) {
      report(`metrics[${index}].instanceName`, `instance '${metric.instanceName}' is defined twice`);
    }
    instances.add(metric.instanceName);
    if (sound[index] !== true) continue;
    const { fullName: name, shape } = createDefinition(metric);
    const known = shapes.get(name);
    if (known !== undefined && known !== shape) {
      report(`metrics[${index}].name`, `'${name}' is defined twice, with other labels, help, kind or buckets`);
    }
    shapes.set(name, shape);
  }
}
