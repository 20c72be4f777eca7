import type { Duration } from 'fairlead/sdk';

/**
 * What is left of one quota for one combination of dimensions. Amounts are positive; `now` is in the microseconds of
 * {@link SteadyClock}, and one before an earlier one counts as that one.
 */
export interface Cell {
  /** Takes `amount`, or with `bestEffort` what there is of it; answers how much was taken. */
  take(amount: bigint, now: number, bestEffort: boolean): bigint;
  /** Gives back up to `amount`, never more than was taken and is not there again; answers how much it was. */
  give(amount: bigint, now: number): bigint;
  /** True when nothing is taken any more, so that the cell may be forgotten. */
  isUnused(now: number): boolean;
  /** How long callers may count on what they took now; zero for what does not expire. */
  validity(now: number): Duration;
}
