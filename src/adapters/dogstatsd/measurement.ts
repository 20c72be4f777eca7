import { Duration, type Value, type ValueType } from 'fairlead/sdk';
import type { MetricConfig } from './config.js';

type MetricType = MetricConfig['type'];

/** What follows the name in a line: `:3|c`. Absent for a value that the type of metric cannot have. */
export type Measure = (value: Value | undefined) => string | undefined;

const integer =
  (suffix: string): Measure =>
  (value) =>
    typeof value === 'bigint' ? `:${value}${suffix}` : undefined;
const histogram = integer('.000000|h');

/** How a type of metric is written. */
export const measures: Readonly<Record<MetricType, Measure>> = {
  UNKNOWN_TYPE: () => undefined,
  COUNTER: integer('|c'),
  GAUGE: integer('.000000|g'),
  DISTRIBUTION: (value) => (value instanceof Duration ? `:${value.toMillis().toFixed(6)}|ms` : histogram(value)),
};

/** The types of value that a type of metric takes. */
export const valueTypes: Readonly<Record<MetricType, readonly ValueType[]>> = {
  UNKNOWN_TYPE: [],
  COUNTER: ['INT64'],
  GAUGE: ['INT64'],
  DISTRIBUTION: ['DURATION', 'INT64'],
};
