import { Duration, Timestamp, type Value } from 'fairlead/sdk';

const bound = 2 ** 63;

/** A value as a counter adds it: truth is 1, times are Unix seconds, durations nanoseconds, fractions are cut off. */
export function integerOf(value: Value | undefined): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (value instanceof Duration) return value.toNanos();
  const number = numberOf(value);
  return number !== undefined && Math.abs(number) < bound ? BigInt(Math.trunc(number)) : undefined;
}

/** A value as a histogram takes it; undefined for what is no number, or none that is finite. */
export function numberOf(value: Value | undefined): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof Timestamp) return value.seconds;
  if (value instanceof Duration) return Number(value.toNanos());
  return undefined;
}
