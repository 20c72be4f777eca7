/** What {@link Backoff} needs to know. */
export interface BackoffOptions {
  readonly firstMillis: number;
  readonly maxMillis: number;
  readonly random: () => number;
}

const retriesPerSend = 0.2;
const spareRetries = 10;

/**
 * How long to wait before a batch goes out again: full jitter, so that many Mixers do not come back at once.
 *
 * There is a budget: retries within one fifth of all first attempts, and ten more. A retry beyond it waits for the
 * longest back-off, so a backend that fails every other batch is not asked twice as much as one that is well.
 */
export class Backoff {
  readonly #options: BackoffOptions;
  #budget = spareRetries;

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  /** Tells of the first attempt of a batch, which earns its part of a retry. */
  sent(): void {
    this.#budget = Math.min(spareRetries, this.#budget + retriesPerSend);
  }

  /** The time before the next attempt, in milliseconds, after so many failed ones. Takes one retry from the budget. */
  millis(failed: number, atLeast = 0): number {
    const { firstMillis, maxMillis, random } = this.#options;
    if (this.#budget < 1) return Math.max(maxMillis, atLeast);
    this.#budget -= 1;
    const ceiling = Math.min(maxMillis, firstMillis * 2 ** Math.min(failed - 1, 40));
    return Math.max(random() * ceiling, atLeast);
  }
}
