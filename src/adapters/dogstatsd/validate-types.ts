import type { InstanceTypes, ReportProblem } from 'fairlead/sdk';
import type { metric } from 'fairlead/templates';
import type { DogstatsdConfig } from './config.js';
import { valueTypes } from './measurement.js';

/** Finds instances that could not be recorded, and metrics that nobody sends. */
export function validateTypes(
  { metrics }: DogstatsdConfig,
  types: InstanceTypes<typeof metric>,
  report: ReportProblem,
): void {
  for (const [instance, { value }] of types.metric) {
    const type = metrics.get(instance)?.type;
    if (type === undefined) report('metrics', `there is no entry for ${instance}`);
    else if (!valueTypes[type].includes(value)) {
      const message = `a ${type} needs a value of type ${valueTypes[type].join(' or ')}, not ${value}`;
      report(`metrics[${JSON.stringify(instance)}].type`, message);
    }
  }
  for (const instance of metrics.keys()) {
    if (types.metric.has(instance)) continue;
    report(`metrics[${JSON.stringify(instance)}]`, 'no rule sends this metric', 'warning');
  }
}
