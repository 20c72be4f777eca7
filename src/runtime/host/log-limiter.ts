/** Keeps something that fails again and again from flooding the log: lets one line through per interval. */
export class LogLimiter {
  readonly #now: () => number;
  readonly #intervalMs: number;
  #silentUntil = -Infinity;
  #suppressed = 0;

  /** `now` is a monotonic clock in milliseconds. */
  constructor(now: () => number, intervalMs = 10_000) {
    this.#now = now;
    this.#intervalMs = intervalMs;
  }

  /** How many lines were held back since the last one, if a line may be written now; otherwise undefined. */
  permit(): number | undefined {
    const now = this.#now();
    if (now < this.#silentUntil) {
      this.#suppressed++;
      return undefined;
    }
    const suppressed = this.#suppressed;
    this.#silentUntil = now + this.#intervalMs;
    this.#suppressed = 0;
    return suppressed;
  }
}
