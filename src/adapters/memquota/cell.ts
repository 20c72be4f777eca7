/**
 * What is left of one quota for one combination of dimensions. Amounts are positive, ticks are whole and need not
 * advance; a tick before an earlier one counts as that one.
 */
export interface Cell {
  /** Takes `amount`, or with `bestEffort` what there is of it; answers how much was taken. */
  take(amount: bigint, tick: number, bestEffort: boolean): bigint;
  /** Gives back up to `amount`; answers how much it was. */
  give(amount: bigint, tick: number): bigint;
  /** True when nothing is taken any more, so that the cell may be forgotten. */
  isUnused(tick: number): boolean;
}
