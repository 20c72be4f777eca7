import type { Timing } from './types.js';

/** Pauses between attempts: doubling, bounded, spread. */
const firstMillis = 500;
const lastMillis = 30_000;

/** The pause before attempt `attempt` (1 is the first retry): between half and all of the doubled pause. */
export function backoffMillis(attempt: number, timing: Pick<Timing, 'random'>): number {
  const full = Math.min(lastMillis, firstMillis * 2 ** Math.min(attempt - 1, 20));
  return full / 2 + (full / 2) * timing.random();
}
