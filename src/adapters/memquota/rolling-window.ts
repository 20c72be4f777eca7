import type { Duration } from 'fairlead/sdk';
import type { Cell } from './cell.js';
import { microsOf } from './steady-clock.js';

// A busy key of a long window would otherwise keep an entry for each tick of it. Its ticks become longer instead, up to a
// 500th of the window.
const mostEntries = 1024;

/** Lengths in microseconds: of the window, and of the ticks in which it is counted. */
export interface WindowOptions {
  readonly max: bigint;
  readonly validDuration: Duration;
  readonly tick: number;
}

/**
 * A rolling window: what was taken in a tick is there again one whole window after the end of that tick, so that no
 * span as long as the window ever sees more than the maximum, wherever it starts. Mixer keeps an array of all ticks;
 * this keeps only those in which something was taken, so that an hour's window for a rare caller stays small.
 */
export class RollingWindow implements Cell {
  readonly #validDuration: Duration;
  readonly #max: bigint;
  readonly #window: number;
  #tick: number;
  #left: bigint;
  #now = 0;
  /** Ends of the ticks in which something was taken, oldest first, from `#head` on; `#amounts` says how much. */
  #ends: number[] = [];
  #amounts: bigint[] = [];
  #head = 0;

  constructor({ max, validDuration, tick }: WindowOptions) {
    this.#validDuration = validDuration;
    this.#max = max > 0n ? max : 0n;
    this.#left = this.#max;
    this.#tick = tick;
    this.#window = microsOf(validDuration);
  }

  take(amount: bigint, now: number, bestEffort: boolean): bigint {
    this.#roll(now);
    if (amount > this.#left) {
      if (!bestEffort || this.#left === 0n) return 0n;
      amount = this.#left;
    }
    this.#left -= amount;
    this.#note(amount);
    while (this.#ends.length - this.#head > mostEntries) this.#lengthenTicks();
    return amount;
  }

  /** Takes the youngest ticks' amounts back first. */
  give(amount: bigint, now: number): bigint {
    this.#roll(now);
    let given = 0n;
    while (given < amount && this.#ends.length > this.#head) {
      const last = this.#ends.length - 1;
      const there = this.#amounts[last]!;
      const missing = amount - given;
      if (there > missing) {
        this.#amounts[last] = there - missing;
        given = amount;
      } else {
        this.#ends.pop();
        this.#amounts.pop();
        given += there;
      }
    }
    this.#left += given;
    return given;
  }

  isUnused(now: number): boolean {
    this.#roll(now);
    return this.#left === this.#max;
  }

  validity(): Duration {
    return this.#validDuration;
  }

  #note(amount: bigint): void {
    const end = (Math.floor(this.#now / this.#tick) + 1) * this.#tick;
    const last = this.#ends.length - 1;
    if (last >= this.#head && this.#ends[last] === end) {
      this.#amounts[last]! += amount;
    } else {
      this.#ends.push(end);
      this.#amounts.push(amount);
    }
  }

  /** Forgets what was taken too long ago. */
  #roll(now: number): void {
    if (now <= this.#now) return;
    this.#now = now;
    while (this.#head < this.#ends.length && this.#ends[this.#head]! + this.#window <= now) {
      this.#left += this.#amounts[this.#head]!;
      this.#head += 1;
    }
    // Moving the rest costs as much as was dropped since the last time.
    if (this.#head > 0 && this.#head * 2 >= this.#ends.length) {
      this.#ends = this.#ends.slice(this.#head);
      this.#amounts = this.#amounts.slice(this.#head);
      this.#head = 0;
    }
  }

  /**
   * Makes one tick of two. Its end is that of the later: what is freed later is never freed early. All ticks stay of one
   * length, or the oldest would take in its neighbours for ever and free nothing while the key is busy.
   */
  #lengthenTicks(): void {
    const tick = this.#tick * 2;
    const ends: number[] = [];
    const amounts: bigint[] = [];
    for (let at = this.#head; at < this.#ends.length; at += 1) {
      const end = Math.ceil(this.#ends[at]! / tick) * tick;
      if (ends.at(-1) === end) amounts[amounts.length - 1]! += this.#amounts[at]!;
      else {
        ends.push(end);
        amounts.push(this.#amounts[at]!);
      }
    }
    this.#tick = tick;
    this.#ends = ends;
    this.#amounts = amounts;
    this.#head = 0;
  }
}
