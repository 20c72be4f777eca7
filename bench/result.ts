/** One figure: ours beside its opponent, measured in turn within the same run. */
export interface BenchResult {
  readonly name: string;
  /** With its unit, for people. */
  readonly ours: string;
  readonly opponent: string;
  /** Ours divided by the opponent's, in time or CPU time: below 1 is better than the opponent. */
  readonly ratio: number | undefined;
  /** What was promised, for example `<= 0.4` or `<= 80 ns`. */
  readonly goal: string;
  readonly met: boolean;
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};
