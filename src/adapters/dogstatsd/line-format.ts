import { formatDouble, type Instance, stringify, type ValueType } from 'fairlead/sdk';
import type { metric } from 'fairlead/templates';
import type { DogstatsdConfig, MetricConfig } from './config.js';
import { measures } from './measurement.js';
import { nameText, tagKey, tagValue } from './text.js';

/** The agent reads no more of a packet. */
const maxLine = 8_192;

/** Why there is no line: the value is of a wrong type, or its tags take too much room. */
type NoLine = 'wrong_type' | 'too_long';

/** Makes the line of a value. */
export type FormatLine = (instance: Instance<typeof metric>) => string | { readonly problem: NoLine };

/**
 * Prepares the line of an instance's metric: global tags, then the metric's own, then the dimensions. A tag of the
 * metric gives way to the dimension that bears its name.
 */
export function createFormat(
  instanceName: string,
  { name, type, tags }: MetricConfig,
  {
    dimensions,
    config,
  }: { readonly dimensions: Readonly<Record<string, ValueType>>; readonly config: DogstatsdConfig },
): FormatLine {
  const dot = config.prefix.endsWith('.') ? '' : '.';
  const start = config.prefix + dot + nameText(name === '' ? instanceName : name);
  const measure = measures[type];
  const rate = config.sampleRate < 1 ? `|@${formatDouble(config.sampleRate)}` : '';
  const own = [...tags].filter(([key]) => !Object.hasOwn(dimensions, key));
  const fixed = [...config.globalTags, ...own].map(([key, value]) => `${tagKey(key)}:${tagValue(value)}`);
  const keys = Object.keys(dimensions).map((key) => [key, tagKey(key)] as const);
  return ({ value, dimensions: values }) => {
    const measured = measure(value);
    if (measured === undefined) return { problem: 'wrong_type' };
    let all = fixed.join(',');
    for (const [key, text] of keys) {
      all += `${all === '' ? '' : ','}${text}:${tagValue(stringify(values[key]))}`;
    }
    const line = `${start}${measured}${rate}${all === '' ? '' : `|#${all}`}`;
    // A third of it is characters for certain; only then the bytes need be counted.
    return line.length > maxLine / 3 && Buffer.byteLength(line) > maxLine ? { problem: 'too_long' } : line;
  };
}
