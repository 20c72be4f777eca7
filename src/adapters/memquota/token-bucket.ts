import type { Duration } from 'fairlead/sdk';
import type { Cell } from './cell.js';
import { microsOf } from './steady-clock.js';

/**
 * A bucket of `max` tokens that fills at an even pace, empty to full in `validDuration`: the generic cell rate
 * algorithm. It remembers what is missing, not what is there, in units of 1 / (nanoseconds of the duration) of a
 * token: a token costs as many of them as the duration has nanoseconds, and each nanosecond brings `max`. All are
 * integers, so nothing is lost to rounding however long it runs.
 */
export class TokenBucket implements Cell {
  readonly #validDuration: Duration;
  /** Units of one token, of one microsecond, and of the whole bucket. */
  readonly #token: bigint;
  readonly #micro: bigint;
  readonly #capacity: bigint;
  /** Microseconds that fill the bucket, however empty it is. */
  readonly #longest: number;
  #missing = 0n;
  #at = 0;

  constructor(max: bigint, validDuration: Duration) {
    const capacity = max > 0n ? max : 0n;
    this.#validDuration = validDuration;
    this.#token = validDuration.toNanos();
    this.#micro = capacity * 1000n;
    this.#capacity = capacity * this.#token;
    this.#longest = microsOf(validDuration);
  }

  take(amount: bigint, now: number, bestEffort: boolean): bigint {
    this.#fill(now);
    const there = this.#capacity - this.#missing;
    let price = amount * this.#token;
    if (price > there) {
      if (!bestEffort) return 0n;
      amount = there / this.#token;
      price = amount * this.#token;
    }
    this.#missing += price;
    return amount;
  }

  /** Only whole tokens that are still missing: the part of one that has come back by itself is not given again. */
  give(amount: bigint, now: number): bigint {
    this.#fill(now);
    const missing = this.#missing / this.#token;
    const given = amount < missing ? amount : missing;
    this.#missing -= given * this.#token;
    return given;
  }

  isUnused(now: number): boolean {
    this.#fill(now);
    return this.#missing === 0n;
  }

  validity(): Duration {
    return this.#validDuration;
  }

  #fill(now: number): void {
    const elapsed = now - this.#at;
    if (elapsed <= 0) return;
    this.#at = now;
    if (this.#missing === 0n) return;
    const filled = elapsed >= this.#longest ? this.#capacity : BigInt(elapsed) * this.#micro;
    this.#missing = filled >= this.#missing ? 0n : this.#missing - filled;
  }
}
