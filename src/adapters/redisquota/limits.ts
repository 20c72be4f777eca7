import { stringEquals } from 'fairlead/sdk';
import type { QuotaConfig } from './config.js';
import { type Dimensions, encodePairs } from './key.js';

/** Chooses the limit for an instance's dimensions. */
export type ChooseLimit = (dimensions: Dimensions) => Limit;

/** How much there is, and how the script hears of it. */
export interface Limit {
  readonly maxAmount: number;
  readonly windowMicros: number;
  /** Algorithm, amount, window and bucket, as the script reads them. */
  readonly text: string;
  readonly isRolling: boolean;
  /** Tells the counts of an override from those of the quota and of other overrides; empty for the quota itself. */
  readonly keyPart: string;
}

/** Redis counts in doubles: beyond this they are not exact. No one grants four quadrillion. */
export const mostCounted = 2 ** 52;

// A list of more would be megabytes for each key, and Redis stands still while it forgets them.
const mostBuckets = 10_000;
// Keeps every sum with the time in microseconds well below 2 ** 53.
const longestMicros = 100 * 365.25 * 86_400 * 1e6;
const letters = { FIXED_WINDOW: 'F', ROLLING_WINDOW: 'R', TOKEN_BUCKET: 'T' } as const;

/**
 * Reads a quota's limit and its overrides. The first override counts all of whose dimensions the instance has, with
 * equal values; unlike in memquota an absent dimension equals nothing (adapters.md 2.4).
 */
export function createChooser(quota: QuotaConfig): ChooseLimit {
  const general = createLimit(quota, quota.maxAmount, '');
  if (quota.overrides.length === 0) return () => general;
  const overrides = quota.overrides.map(({ dimensions, maxAmount }) => {
    const wanted = Array.from(dimensions).sort(([a], [b]) => (a < b ? -1 : 1));
    return { wanted, limit: createLimit(quota, maxAmount, `o${encodePairs(wanted)}`) };
  });
  return (dimensions) => {
    for (const { wanted, limit } of overrides) {
      if (wanted.every(([name, text]) => has(dimensions, name) && stringEquals(dimensions[name], text))) return limit;
    }
    return general;
  };
}

function has(dimensions: Dimensions, name: string): boolean {
  return Object.hasOwn(dimensions, name) && dimensions[name] !== undefined;
}

function createLimit(quota: QuotaConfig, maxAmount: bigint, keyPart: string): Limit {
  const max = Math.min(Math.max(Number(maxAmount), 0), mostCounted);
  const window = microsOf(quota.validDuration.toNanos());
  const algorithm = quota.rateLimitAlgorithm;
  const least = algorithm === 'ROLLING_WINDOW' ? Math.ceil(window / mostBuckets) : 0;
  const bucket = Math.max(microsOf(quota.bucketDuration.toNanos()), least);
  return {
    maxAmount: max,
    windowMicros: window,
    text: `${letters[algorithm]} ${max} ${window} ${bucket}`,
    isRolling: algorithm === 'ROLLING_WINDOW',
    keyPart: `${letters[algorithm]}${keyPart}`,
  };
}

// Rounded up: a window that is too short would grant too much.
function microsOf(nanos: bigint): number {
  return Math.min(Math.max(Number((nanos + 999n) / 1000n), 1), longestMicros);
}
