import { stringEquals, type Value } from 'fairlead/sdk';
import type { Cell } from './cell.js';
import type { Algorithm, QuotaConfig } from './config.js';
import { FixedWindow } from './fixed-window.js';
import { Holding } from './holding.js';
import { RollingWindow } from './rolling-window.js';
import { microsOf } from './steady-clock.js';
import { TokenBucket } from './token-bucket.js';

/** The dimensions of one quota instance. */
export type Dimensions = Readonly<Record<string, Value>>;

/** How much there is and how it is counted, as a maker of what counts it. */
export interface Limit {
  createCell(): Cell;
}

/** Chooses the limit for an instance's dimensions. */
export type ChooseLimit = (dimensions: Dimensions) => Limit;

// A rolling window is counted in steps of 100 ms (adapters.md 2.3), a short one in tenths, but no clock is finer than
// 1 ms.
const longestTick = 100_000;
const shortestTick = 1000;
const shortestTicks = 10;

/** Reads a quota's limit and its overrides: the first override whose dimensions are all equal counts. */
export function createChooser(quota: QuotaConfig): ChooseLimit {
  const { rateLimitAlgorithm } = quota;
  const general = createLimit(rateLimitAlgorithm, quota);
  if (quota.overrides.length === 0) return () => general;
  const overrides = quota.overrides.map((override) => ({
    wanted: Array.from(override.dimensions),
    limit: createLimit(rateLimitAlgorithm, override),
  }));
  return (dimensions) => {
    for (const { wanted, limit } of overrides) {
      if (wanted.every(([key, text]) => stringEquals(dimensions[key], text))) return limit;
    }
    return general;
  };
}

function createLimit(
  algorithm: Algorithm,
  { maxAmount, validDuration }: Pick<QuotaConfig, 'maxAmount' | 'validDuration'>,
): Limit {
  if (validDuration.toNanos() <= 0n) return { createCell: () => new Holding(maxAmount) };
  switch (algorithm) {
    case 'FIXED_WINDOW':
      return { createCell: () => new FixedWindow(maxAmount, validDuration) };
    case 'TOKEN_BUCKET':
      return { createCell: () => new TokenBucket(maxAmount, validDuration) };
    case 'ROLLING_WINDOW': {
      const tenth = Math.floor(microsOf(validDuration) / shortestTicks);
      const tick = Math.min(longestTick, Math.max(shortestTick, tenth));
      return { createCell: () => new RollingWindow({ max: maxAmount, validDuration, tick }) };
    }
  }
}
