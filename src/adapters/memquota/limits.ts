import { Duration, stringEquals, type Value } from 'fairlead/sdk';
import type { QuotaConfig } from './config.js';

/** The dimensions of one quota instance. */
export type Dimensions = Readonly<Record<string, Value>>;

/** How much there is, and for how long a grant holds. */
export interface Limit {
  readonly maxAmount: bigint;
  readonly validDuration: Duration;
  /** Length of the rolling window in {@link ticksPerSecond} ticks; 0 for a quota that does not expire. */
  readonly windowTicks: number;
}

/** Ticks of a rolling window per second: a window forgets in steps of 100 ms (adapters.md 2.3). */
export const ticksPerSecond = 10;

/** Chooses the limit for an instance's dimensions. */
export type ChooseLimit = (dimensions: Dimensions) => Limit;

/** Reads a quota's limit and its overrides: the first override whose dimensions are all equal counts. */
export function createChooser(quota: QuotaConfig): ChooseLimit {
  const general = createLimit(quota);
  if (quota.overrides.length === 0) return () => general;
  const overrides = quota.overrides.map((override) => ({
    wanted: Array.from(override.dimensions),
    limit: createLimit(override),
  }));
  return (dimensions) => {
    for (const { wanted, limit } of overrides) {
      if (wanted.every(([key, text]) => stringEquals(dimensions[key], text))) return limit;
    }
    return general;
  };
}

function createLimit({ maxAmount, validDuration }: Pick<QuotaConfig, 'maxAmount' | 'validDuration'>): Limit {
  if (validDuration.toNanos() <= 0n) return { maxAmount, validDuration: Duration.zero, windowTicks: 0 };
  // Windows are whole seconds long, whatever the duration that callers are told.
  const seconds = validDuration.seconds + (validDuration.nanos > 0 ? 1 : 0);
  return { maxAmount, validDuration, windowTicks: seconds * ticksPerSecond };
}
