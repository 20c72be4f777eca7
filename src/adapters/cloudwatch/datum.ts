import type { Dimension, MetricDatum } from '@aws-sdk/client-cloudwatch';
import { type Instance, stringify } from 'fairlead/sdk';
import type { metric } from 'fairlead/templates';
import type { Unit } from './config.js';
import { numberOf } from './number.js';
import { fitDimension } from './text.js';

/** How many dimensions a metric can have. */
export const maxDimensions = 30;

const dimensionName = /^(?!:)[\x20-\x7e]{1,255}$/;

/** Whether CloudWatch knows dimensions of such a name. */
export function isDimensionName(name: string): boolean {
  return dimensionName.test(name) && name.trim() !== '';
}

/** A metric as CloudWatch takes it, of the time at which it was reported; or a text that says what it cannot take. */
export function toDatum(
  { name, value, dimensions }: Instance<typeof metric>,
  unit: Unit,
  now: number,
): MetricDatum | string {
  const number = numberOf(value, unit);
  if (number === undefined) return 'value';
  const list: Dimension[] = [];
  for (const [key, content] of Object.entries(dimensions)) {
    const text = fitDimension(stringify(content));
    if (text === undefined) continue;
    if (!isDimensionName(key) || list.length === maxDimensions) return 'dimensions';
    list.push({ Name: key, Value: text });
  }
  return {
    MetricName: name,
    Dimensions: list,
    Timestamp: new Date(now),
    Value: number,
    Unit: unit.replace('_', '/') as NonNullable<MetricDatum['Unit']>,
  };
}

/** About how much memory a datum holds, and more than it is long in JSON, where a character may take two bytes. */
export function sizeOfDatum({ MetricName = '', Dimensions = [] }: MetricDatum): number {
  let size = 200 + MetricName.length;
  for (const { Name = '', Value = '' } of Dimensions) size += 80 + 2 * (Name.length + Value.length);
  return size;
}
