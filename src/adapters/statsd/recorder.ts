import type { Instance, ValueType } from 'fairlead/sdk';
import { parseTemplate, RenderError } from 'fairlead/sdk/gotemplate';
import type { metric } from 'fairlead/templates';
import type { MetricConfig } from './config.js';
import { nameOf } from './line.js';
import { expected, measures } from './measurement.js';
import { nameOrError, sampleName } from './sample.js';

/** What all lines of a handler have in common. */
export interface LineFormat {
  /** With its dot. */
  readonly prefix: string;
  /** Below 1, only so many of the values are sent. */
  readonly samplingRate: number;
  readonly random: () => number;
  readonly send: (line: string) => void;
}

/** Sends a value; answers what is wrong with it, if anything. */
export type RecordMetric = (instance: Instance<typeof metric>) => string | undefined;

/**
 * Prepares an instance's metric: its template is parsed once, and tried on values of the types that its dimensions
 * have. Undefined when it cannot be applied to them.
 */
export function createRecord(
  { type, nameTemplate }: MetricConfig,
  dimensions: Readonly<Record<string, ValueType>>,
  { prefix, samplingRate, random, send }: LineFormat,
): RecordMetric | undefined {
  const template = nameTemplate === '' ? undefined : parseTemplate(nameTemplate).template;
  if (template !== undefined && sampleName(template, dimensions) instanceof RenderError) return undefined;
  const measure = measures[type];
  const rate = samplingRate < 1 ? `|@${samplingRate.toFixed(6)}` : '';
  return (instance) => {
    const measured = measure(instance.value);
    if (measured === undefined) {
      return `could not record ${type.toLowerCase()} '${instance.name}' expected ${expected[type]}`;
    }
    if (rate !== '' && random() >= samplingRate) return undefined;
    const name = template === undefined ? instance.name : nameOrError(template, instance.dimensions);
    if (name instanceof RenderError) return `could not name '${instance.name}': ${name.message}`;
    const start = prefix + nameOf(name);
    // To statsd a gauge with a sign is a change of what it has; set to zero first, in the same packet, it is the value.
    if (type === 'GAUGE' && measured.startsWith(':-')) send(`${start}:0|g${rate}\n${start}${measured}${rate}`);
    else send(start + measured + rate);
    return undefined;
  };
}
