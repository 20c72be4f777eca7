import type { InstanceTypes, ReportProblem, ValueType } from 'fairlead/sdk';
import type { metric } from 'fairlead/templates';
import type { CirconusConfig } from './config.js';

type MetricType = CirconusConfig['metrics'][number]['type'];

/** What a type of metric can be made of; a counter counts whatever comes. */
const valueTypes: Readonly<Partial<Record<MetricType, readonly ValueType[]>>> = {
  GAUGE: ['INT64', 'DOUBLE'],
  DISTRIBUTION: ['DURATION', 'INT64', 'DOUBLE'],
};

/**
 * Finds where configuration and rules do not meet: an instance without an entry fails each of its reports, so the
 * handler is not built; an entry without an instance only waits for one. (Mixer refused both.)
 */
export function validateTypes(
  { metrics }: CirconusConfig,
  types: InstanceTypes<typeof metric>,
  report: ReportProblem,
): void {
  const configured = new Set(metrics.map(({ name }) => name));
  for (const name of types.metric.keys()) {
    if (!configured.has(name)) report('metrics', `no entry for ${name}`);
  }
  for (const [index, { name, type }] of metrics.entries()) {
    const instance = types.metric.get(name);
    const wanted = valueTypes[type];
    if (instance === undefined) report(`metrics[${index}].name`, 'no rule sends this metric', 'warning');
    else if (wanted?.includes(instance.value) === false) {
      const message = `a ${type} needs a value of type ${wanted.join(' or ')}, not ${instance.value}: its reports fail`;
      report(`metrics[${index}].type`, message, 'warning');
    }
  }
}
