import type { InstanceTypes, ReportProblem, ValueType } from 'fairlead/sdk';
import type { metric, tracespan } from 'fairlead/templates';
import type { SignalfxConfig } from './config.js';

/** The types of the instances that reach a handler. */
export type SignalfxTypes = InstanceTypes<typeof metric | typeof tracespan>;

const numeric: ReadonlySet<ValueType> = new Set<ValueType>(['INT64', 'DOUBLE', 'BOOL', 'TIMESTAMP', 'DURATION']);

/**
 * Finds metrics without an entry, and metrics that are no numbers (adapters.md 4.12). Entries without an instance, which
 * Mixer refused, are only told: a rule may come.
 */
export function validateTypes(
  { enableMetrics, metrics }: SignalfxConfig,
  types: Pick<SignalfxTypes, 'metric'>,
  report: ReportProblem,
): void {
  if (!enableMetrics) return;
  const configured = new Set(metrics.map(({ name }) => name));
  for (const name of types.metric.keys()) {
    if (!configured.has(name)) report('metrics', `there is no entry for ${name}, which rules send`);
  }
  for (const [index, { name }] of metrics.entries()) {
    const value = types.metric.get(name)?.value;
    if (value === undefined) report(`metrics[${index}].name`, 'no rule sends this metric', 'warning');
    else if (!numeric.has(value)) {
      report(`metrics[${index}].name`, `istio metric's value should be numeric but is ${value}`);
    }
  }
}

/** What is wrong would fail every report, so the handler is not built. */
export function assertTypes(config: SignalfxConfig, types: SignalfxTypes): void {
  const problems: string[] = [];
  validateTypes(config, types, (path, message, severity = 'error') => {
    if (severity === 'error') problems.push(`${path}: ${message}`);
  });
  if (problems.length > 0) throw new Error(problems.join('; '));
}
