import type { Duration } from 'fairlead/sdk';
import type { Cell } from './cell.js';
import { durationOf, microsOf } from './steady-clock.js';

/**
 * A window that starts with the first request and is all there again when it ends; the next one starts with the next
 * request (adapters.md 2.4). The end of one and the start of the next may be close: together they can grant twice the
 * maximum in a moment.
 */
export class FixedWindow implements Cell {
  readonly #max: bigint;
  readonly #length: number;
  #taken = 0n;
  #end = -Infinity;

  constructor(max: bigint, validDuration: Duration) {
    this.#max = max;
    this.#length = microsOf(validDuration);
  }

  take(amount: bigint, now: number, bestEffort: boolean): bigint {
    if (now >= this.#end) {
      this.#taken = 0n;
      this.#end = now + this.#length;
    }
    const left = this.#max > this.#taken ? this.#max - this.#taken : 0n;
    const taken = amount <= left ? amount : bestEffort ? left : 0n;
    this.#taken += taken;
    return taken;
  }

  give(amount: bigint, now: number): bigint {
    if (now >= this.#end) return 0n;
    const given = amount < this.#taken ? amount : this.#taken;
    this.#taken -= given;
    return given;
  }

  /** A window keeps its end even when all of it was given back. */
  isUnused(now: number): boolean {
    return now >= this.#end;
  }

  /** What is left of the window. */
  validity(now: number): Duration {
    return durationOf(Math.max(0, this.#end - now));
  }
}
