/** How long to wait after failures in a row: longer each time, and not all at the same moment. */
export interface BackOffOptions {
  readonly baseMillis: number;
  readonly maxMillis: number;
  readonly random: () => number;
}

/** Between half of it and all of it: base, twice the base, four times, up to the maximum. */
export function waitAfter(failures: number, { baseMillis, maxMillis, random }: BackOffOptions): number {
  const whole = Math.min(maxMillis, baseMillis * 2 ** Math.min(failures, 30));
  return Math.round(whole * (0.5 + random() / 2));
}
