import type { InstanceTypes, ReportProblem, ValueType } from 'fairlead/sdk';
import type { logentry, metric } from 'fairlead/templates';
import type { SolarwindsConfig } from './config.js';

/** The types of the instances that reach a handler. */
export type SolarwindsTypes = InstanceTypes<typeof metric | typeof logentry>;

const measurable: ReadonlySet<ValueType> = new Set<ValueType>(['INT64', 'DOUBLE', 'DURATION', 'STRING']);

/**
 * Finds labels that are no dimensions of their metric (adapters.md 4.11). Entries without an instance, which Mixer
 * refused, are only told: a rule may come.
 */
export function validateTypes(config: SolarwindsConfig, types: SolarwindsTypes, report: ReportProblem): void {
  for (const [name, { labelNames }] of config.metrics) {
    validateMetric(types.metric.get(name), labelNames, (path, message, severity) =>
      report(`metrics[${JSON.stringify(name)}]${path}`, message, severity),
    );
  }
  for (const name of config.logs.keys()) {
    if (!types.logentry.has(name)) report(`logs[${JSON.stringify(name)}]`, 'no rule sends this log entry', 'warning');
  }
  for (const name of types.logentry.keys()) {
    if (!config.logs.has(name)) report('logs', `there is no entry for ${name}, which rules send`, 'warning');
  }
}

/** Mixer refuses a handler for these alone, so it is not built. */
export function assertTypes(config: SolarwindsConfig, types: SolarwindsTypes): void {
  const problems: string[] = [];
  validateTypes(config, types, (path, message, severity = 'error') => {
    if (severity === 'error') problems.push(`${path}: ${message}`);
  });
  if (problems.length > 0) throw new Error(problems.join('; '));
}

type MetricType = SolarwindsTypes['metric'] extends ReadonlyMap<string, infer T> ? T : never;

function validateMetric(type: MetricType | undefined, labelNames: readonly string[], report: ReportProblem): void {
  if (type === undefined) {
    report('', 'no rule sends this metric', 'warning');
    return;
  }
  if (!measurable.has(type.value)) report('', `its values are of type ${type.value}: none is a number`, 'warning');
  for (const [index, label] of labelNames.entries()) {
    if (!Object.hasOwn(type.dimensions, label))
      report(`.labelNames[${index}]`, `the metric has no dimension "${label}"`);
  }
}
