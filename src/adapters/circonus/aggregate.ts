import { Duration, type Value } from 'fairlead/sdk';
import { binOf } from './bins.js';

/** A metric as an HTTPTrap takes it: 64-bit counts and gauges, and histograms as lists of bins. */
export interface TrapValue {
  readonly _type: 'L' | 'l' | 'n';
  readonly _value: string | readonly string[];
}

/** What one metric has come to since it was last taken. */
export interface Aggregate {
  /** Adds a value; throws an Error that says what is wrong with one that it cannot use. */
  record(value: Value | undefined): void;
  /** Takes what there is and starts anew; undefined when nothing was recorded. */
  take(): TrapValue | undefined;
}

const maxInt64 = 0x7fffffffffffffffn;

/** Counts reports, whatever their value, as Mixer does (adapters.md 4.10). */
export function createCounter(): Aggregate {
  let count = 0n;
  return {
    record: () => void (count += 1n),
    take() {
      if (count === 0n) return undefined;
      const taken: TrapValue = { _type: 'L', _value: String(count) };
      count = 0n;
      return taken;
    },
  };
}

/** Keeps the last value. */
export function createGauge(): Aggregate {
  let last: bigint | undefined;
  return {
    record(value) {
      last = gaugeOf(value);
    },
    take() {
      if (last === undefined) return undefined;
      const taken: TrapValue = { _type: 'l', _value: String(last) };
      last = undefined;
      return taken;
    },
  };
}

/** Counts values by bin; durations are nanoseconds. */
export function createDistribution(): Aggregate {
  let bins = new Map<string, number>();
  return {
    record(value) {
      const bin = binOf(sampleOf(value));
      if (bin === undefined) throw new Error('a value of a distribution must be finite');
      bins.set(bin, (bins.get(bin) ?? 0) + 1);
    },
    take() {
      if (bins.size === 0) return undefined;
      const taken: TrapValue = { _type: 'n', _value: Array.from(bins, ([bin, count]) => `H[${bin}]=${count}`) };
      bins = new Map();
      return taken;
    },
  };
}

function gaugeOf(value: Value | undefined): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Math.abs(value) < Number(maxInt64)) return BigInt(Math.trunc(value));
  throw new Error('the value of a gauge must be a number');
}

function sampleOf(value: Value | undefined): number {
  if (value instanceof Duration) return Number(value.toNanos());
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number') return value;
  throw new Error('the value of a distribution must be a duration or a number');
}
