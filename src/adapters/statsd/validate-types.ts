import type { InstanceTypes, ReportProblem, ValueType } from 'fairlead/sdk';
import { parseTemplate, RenderError } from 'fairlead/sdk/gotemplate';
import type { metric } from 'fairlead/templates';
import type { MetricConfig, StatsdConfig } from './config.js';
import { valueTypes } from './measurement.js';
import { sampleName } from './sample.js';

/** Finds instances whose reports fail, names that cannot be made, and metrics that nobody sends. A handler works regardless. */
export function validateTypes(
  { metrics }: StatsdConfig,
  types: InstanceTypes<typeof metric>,
  report: ReportProblem,
): void {
  for (const name of types.metric.keys()) {
    if (!metrics.has(name)) report('metrics', `there is no entry for ${name}: its reports fail`, 'warning');
  }
  for (const [name, { type, nameTemplate }] of metrics) {
    const path = `metrics[${JSON.stringify(name)}]`;
    const instance = types.metric.get(name);
    if (instance === undefined) {
      report(path, 'no rule sends this metric', 'warning');
      continue;
    }
    const { value, dimensions } = instance;
    const problem = problemOfName(nameTemplate, dimensions);
    if (problem !== undefined) report(`${path}.nameTemplate`, problem, 'warning');
    if (!takes(type, value)) {
      const wanted = valueTypes[type].join(' or ');
      report(`${path}.type`, `a ${type} needs a value of type ${wanted}, not ${value}: its reports fail`, 'warning');
    }
  }
}

/** Of a type that is not known the configuration has said so. */
function takes(type: MetricConfig['type'], value: ValueType): boolean {
  return type === 'UNKNOWN' || valueTypes[type].includes(value);
}

function problemOfName(text: string, dimensions: Readonly<Record<string, ValueType>>): string | undefined {
  const template = text === '' ? undefined : parseTemplate(text).template;
  const name = template && sampleName(template, dimensions);
  if (name instanceof RenderError) {
    return `cannot be applied to the dimensions, and its reports fail: ${name.message}`;
  }
  if (name === undefined || !name.includes('<no value>')) return undefined;
  return `makes names like "${name}": the instance does not have all the dimensions`;
}
