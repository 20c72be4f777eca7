import { Duration, stringify, Timestamp, type Value, type ValueType } from 'fairlead/sdk';
import { boundsOf, bucketOf } from './buckets.js';
import type { BucketsConfig, MetricInfo } from './config.js';
import { cleanText } from './text.js';

/** How values of one type become points. A state is what some values of a series have come to. */
export interface Measure<Reading = unknown, State = unknown> {
  /** The type as the API names it. */
  readonly valueType: Exclude<MetricInfo['value'], 'VALUE_TYPE_UNSPECIFIED'>;
  /** Throws an Error that says what is wrong with a value that it cannot use. */
  read(value: Value | undefined): Reading;
  add(state: State | undefined, reading: Reading): State;
  /** The state as a TypedValue of the API. */
  toJson(state: State): object;
}

const maxInt64 = 2n ** 63n - 1n;
const maxTextLength = 1024;

/** The measure of a metric; `inferred` is the type of the instance's value. */
export function measureOf({ value, buckets }: MetricInfo, inferred: ValueType | undefined): Measure {
  switch (value === 'VALUE_TYPE_UNSPECIFIED' ? byType(inferred) : value) {
    case 'BOOL':
      return boolMeasure;
    case 'INT64':
      return int64Measure;
    case 'DOUBLE':
      return doubleMeasure;
    case 'STRING':
      return stringMeasure;
    case 'DISTRIBUTION':
      return createDistribution(buckets);
  }
}

function byType(type: ValueType | undefined): 'BOOL' | 'INT64' | 'DOUBLE' | 'STRING' {
  switch (type) {
    case 'BOOL':
    case 'DOUBLE':
      return type;
    case 'INT64':
    case 'TIMESTAMP':
    case 'DURATION':
      return 'INT64';
    default:
      return 'STRING';
  }
}

const boolMeasure: Measure<boolean, boolean> = {
  valueType: 'BOOL',
  read(value) {
    if (typeof value === 'boolean') return value;
    throw new Error('the value must be a boolean');
  },
  add: (_, reading) => reading,
  toJson: (state) => ({ boolValue: state }),
};

const stringMeasure: Measure<string, string> = {
  valueType: 'STRING',
  read: (value) => cleanText(stringify(value), maxTextLength),
  add: (_, reading) => reading,
  toJson: (state) => ({ stringValue: state }),
};

const int64Measure: Measure<bigint, bigint> = {
  valueType: 'INT64',
  read(value) {
    const number = micros(value) ?? value;
    if (typeof number === 'bigint') return clamp(number);
    return clamp(BigInt(Math.trunc(finite(number))));
  },
  add: (state = 0n, reading) => clamp(state + reading),
  toJson: (state) => ({ int64Value: String(state) }),
};

const doubleMeasure: Measure<number, number> = {
  valueType: 'DOUBLE',
  read: (value) => finite(micros(value) ?? value),
  // JSON has no infinity.
  add: (state = 0, reading) => Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, state + reading)),
  toJson: (state) => ({ doubleValue: state }),
};

/** Counts values by bucket; durations are milliseconds. */
function createDistribution(buckets: BucketsConfig | undefined): Measure<number, number[]> {
  const bounds = buckets === undefined ? [] : boundsOf(buckets);
  const bucketOptions = Object.fromEntries(
    Object.entries(buckets ?? {}).filter(([, options]) => options !== undefined),
  );
  return {
    valueType: 'DISTRIBUTION',
    read: (value) => bucketOf(bounds, finite(value instanceof Duration ? value.toMillis() : value)),
    add(state, bucket) {
      const counts = state ?? new Array<number>(bounds.length + 1).fill(0);
      counts[bucket]! += 1;
      return counts;
    },
    toJson(counts) {
      const count = String(counts.reduce((sum, one) => sum + one, 0));
      return { distributionValue: { count, bucketOptions, bucketCounts: counts.map(String) } };
    },
  };
}

/** Microseconds of a duration, or since the epoch. */
function micros(value: Value | undefined): bigint | undefined {
  if (value instanceof Duration) return value.toNanos() / 1000n;
  if (value instanceof Timestamp) return BigInt(value.seconds) * 1_000_000n + BigInt(Math.floor(value.nanos / 1000));
  return undefined;
}

function finite(value: Value | undefined): number {
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number') throw new Error('the value must be a number or a duration');
  if (!Number.isFinite(number)) throw new Error('the value must be finite');
  return number;
}

function clamp(value: bigint): bigint {
  return value > maxInt64 ? maxInt64 : value < -maxInt64 - 1n ? -maxInt64 - 1n : value;
}
