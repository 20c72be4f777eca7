/** Delays between attempts: doubling, bounded, spread so that many failures do not retry in step. */
const backoff = { firstMs: 1_000, maxMs: 60_000 } as const;

/**
 * The delay before attempt `attempt` (1 is the first retry): between half and all of the doubled delay. `random` gives
 * 0 (inclusive) to 1 (exclusive).
 */
export function backoffMillis(attempt: number, random: () => number): number {
  const full = Math.min(backoff.maxMs, backoff.firstMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(full / 2 + (full / 2) * random());
}
