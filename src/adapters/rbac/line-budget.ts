import type { Clock } from 'fairlead/sdk';

const linesPerSecond = 10;

/** Keeps lines that every request can cause from flooding the log: ten a second, the others are counted. */
export class LineBudget {
  readonly #clock: Clock;
  #second = -1;
  #left = linesPerSecond;
  #dropped = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many lines were dropped since the last one, if one may be written now; otherwise undefined. */
  take(): number | undefined {
    const second = Math.floor(this.#clock.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#left = linesPerSecond;
    }
    if (this.#left === 0) {
      this.#dropped++;
      return undefined;
    }
    this.#left--;
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }
}
