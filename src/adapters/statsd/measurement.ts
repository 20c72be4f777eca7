import { Duration, formatDouble, type Value, type ValueType } from 'fairlead/sdk';
import type { MetricConfig } from './config.js';

/** What follows the name in a line: `:3|c`. Absent for a value that the type of metric cannot have. */
export type Measure = (value: Value | undefined) => string | undefined;

/** How a type of metric is written. */
export const measures: Readonly<Record<MetricConfig['type'], Measure>> = {
  UNKNOWN: () => undefined,
  COUNTER: (value) => (typeof value === 'bigint' ? `:${value}|c` : undefined),
  GAUGE: (value) => (typeof value === 'bigint' ? `:${value}|g` : undefined),
  DISTRIBUTION: (value) => {
    if (value instanceof Duration) return `:${formatDouble(value.toMillis())}|ms`;
    return typeof value === 'bigint' ? `:${value}|c` : undefined;
  },
};

/** What a value had to be, for messages. */
export const expected: Readonly<Record<MetricConfig['type'], string>> = {
  UNKNOWN: 'a type of metric other than UNKNOWN',
  COUNTER: 'int value',
  GAUGE: 'int value',
  DISTRIBUTION: 'int or duration value',
};

/** The types of value that a type of metric takes. */
export const valueTypes: Readonly<Record<MetricConfig['type'], readonly ValueType[]>> = {
  UNKNOWN: [],
  COUNTER: ['INT64'],
  GAUGE: ['INT64'],
  DISTRIBUTION: ['DURATION', 'INT64'],
};
