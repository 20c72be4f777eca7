import type { Duration } from 'fairlead/sdk';
import type { Cell } from './cell.js';
import { microsOf } from './steady-clock.js';

// A busy key of a long window would otherwise keep an entry for each tick of it.
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
  readonly #tick: number;
  /** From the start of a tick until what was taken in it is there again. */
  readonly #span: number;
  #left: bigint;
  #now = 0;
  /** When what was taken in a tick is there again, oldest first, from `#head` on; `#amounts` says how much. */
  #returns: number[] = [];
  #amounts: bigint[] = [];
  #head = 0;

  constructor({ max, validDuration, tick }: WindowOptions) {
    this.#validDuration = validDuration;
    this.#max = max > 0n ? max : 0n;
    this.#left = this.#max;
    this.#tick = tick;
    this.#span = tick + microsOf(validDuration);
  }

  take(amount: bigint, now: number, bestEffort: boolean): bigint {
    this.#roll(now);
    if (amount > this.#left) {
      if (!bestEffort || this.#left === 0n) return 0n;
      amount = this.#left;
    }
    this.#left -= amount;
    const last = this.#returns.length - 1;
    const returns = Math.floor(this.#now / this.#tick) * this.#tick + this.#span;
    if (last >= this.#head && this.#returns[last] === returns) {
      this.#amounts[last]! += amount;
    } else {
      if (this.#returns.length - this.#head >= mostEntries) this.#merge();
      this.#returns.push(returns);
      this.#amounts.push(amount);
    }
    return amount;
  }

  /** Takes the youngest ticks' amounts back first. */
  give(amount: bigint, now: number): bigint {
    this.#roll(now);
    let given = 0n;
    while (given < amount && this.#returns.length > this.#head) {
      const last = this.#returns.length - 1;
      const there = this.#amounts[last]!;
      const missing = amount - given;
      if (there > missing) {
        this.#amounts[last] = there - missing;
        given = amount;
      } else {
        this.#returns.pop();
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

  /** Forgets what was taken too long ago. */
  #roll(now: number): void {
    if (now <= this.#now) return;
    this.#now = now;
    while (this.#head < this.#returns.length && this.#returns[this.#head]! <= now) {
      this.#left += this.#amounts[this.#head]!;
      this.#head += 1;
    }
    // Moving the rest costs as much as was dropped since the last time.
    if (this.#head > 0 && this.#head * 2 >= this.#returns.length) {
      this.#returns = this.#returns.slice(this.#head);
      this.#amounts = this.#amounts.slice(this.#head);
      this.#head = 0;
    }
  }

  /** Halves the entries. Of two neighbours the younger stands for both: what is freed later is never freed early. */
  #merge(): void {
    const returns: number[] = [];
    const amounts: bigint[] = [];
    for (let at = this.#head; at < this.#returns.length; at += 2) {
      const younger = Math.min(at + 1, this.#returns.length - 1);
      returns.push(this.#returns[younger]!);
      amounts.push(younger === at ? this.#amounts[at]! : this.#amounts[at]! + this.#amounts[younger]!);
    }
    this.#returns = returns;
    this.#amounts = amounts;
    this.#head = 0;
  }
}
