import { Duration, type Value } from 'fairlead/sdk';
import type { Unit } from './config.js';

const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
/** CloudWatch takes no number beyond. */
const largest = 2 ** 360;

const nanosPerUnit: Partial<Record<Unit, bigint>> = {
  Seconds: 1_000_000_000n,
  Milliseconds: 1_000_000n,
  Microseconds: 1_000n,
};

/** Whether durations can be measured in a unit. */
export function isUnitOfTime(unit: Unit): boolean {
  return nanosPerUnit[unit] !== undefined;
}

/**
 * The number that stands for a value: of a text the number it spells, of a duration the whole units, milliseconds when
 * the unit is none of time (adapters.md 4.9). Undefined for what is no number, and for what CloudWatch does not take.
 */
export function numberOf(value: Value | undefined, unit: Unit): number | undefined {
  const number = toNumber(value, unit);
  // Not `> largest`: what is no number must not get through.
  return Math.abs(number) <= largest ? number : undefined;
}

function toNumber(value: Value | undefined, unit: Unit): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string') return decimal.test(value) ? Number(value) : NaN;
  if (value instanceof Duration) return Number(value.toNanos() / (nanosPerUnit[unit] ?? 1_000_000n));
  return NaN;
}
