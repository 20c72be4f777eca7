import type { Cell } from './cell.js';

/**
 * A rolling window: what was taken in a tick is there again `length` ticks later. Mixer keeps an array of all ticks;
 * this keeps only those in which something was taken, so that an hour's window for a rare caller stays small.
 */
export class RollingWindow implements Cell {
  readonly #length: number;
  readonly #max: bigint;
  #left: bigint;
  #tick = 0;
  /** Ticks in which something was taken, oldest first, from `#head` on; `#amounts` says how much. */
  #ticks: number[] = [];
  #amounts: bigint[] = [];
  #head = 0;

  constructor(max: bigint, length: number) {
    this.#max = max > 0n ? max : 0n;
    this.#left = this.#max;
    this.#length = length;
  }

  take(amount: bigint, tick: number, bestEffort: boolean): bigint {
    this.#roll(tick);
    if (amount > this.#left) {
      if (!bestEffort || this.#left === 0n) return 0n;
      amount = this.#left;
    }
    this.#left -= amount;
    const last = this.#ticks.length - 1;
    if (last >= this.#head && this.#ticks[last] === this.#tick) {
      this.#amounts[last]! += amount;
    } else {
      this.#ticks.push(this.#tick);
      this.#amounts.push(amount);
    }
    return amount;
  }

  /** Takes the youngest ticks' amounts back first. */
  give(amount: bigint, tick: number): bigint {
    this.#roll(tick);
    let given = 0n;
    while (given < amount && this.#ticks.length > this.#head) {
      const last = this.#ticks.length - 1;
      const there = this.#amounts[last]!;
      const missing = amount - given;
      if (there > missing) {
        this.#amounts[last] = there - missing;
        given = amount;
      } else {
        this.#ticks.pop();
        this.#amounts.pop();
        given += there;
      }
    }
    this.#left += given;
    return given;
  }

  isUnused(tick: number): boolean {
    this.#roll(tick);
    return this.#left === this.#max;
  }

  /** What could be taken now. */
  left(tick: number): bigint {
    this.#roll(tick);
    return this.#left;
  }

  /** Forgets what was taken too long ago. */
  #roll(tick: number): void {
    // A clock that was set back must not let the window forget early once it has caught up.
    if (tick <= this.#tick) return;
    this.#tick = tick;
    const oldest = tick - this.#length;
    while (this.#head < this.#ticks.length && this.#ticks[this.#head]! <= oldest) {
      this.#left += this.#amounts[this.#head]!;
      this.#head += 1;
    }
    // Moving the rest costs as much as was dropped since the last time.
    if (this.#head > 0 && this.#head * 2 >= this.#ticks.length) {
      this.#ticks = this.#ticks.slice(this.#head);
      this.#amounts = this.#amounts.slice(this.#head);
      this.#head = 0;
    }
  }
}
