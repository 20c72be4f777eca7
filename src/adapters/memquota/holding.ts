import { Duration } from 'fairlead/sdk';
import type { Cell } from './cell.js';

/** A quota that does not expire: what was taken is held until it is given back. */
export class Holding implements Cell {
  readonly #max: bigint;
  #held = 0n;

  constructor(max: bigint) {
    this.#max = max;
  }

  take(amount: bigint, _now: number, bestEffort: boolean): bigint {
    const left = this.#max > this.#held ? this.#max - this.#held : 0n;
    const taken = amount <= left ? amount : bestEffort ? left : 0n;
    this.#held += taken;
    return taken;
  }

  give(amount: bigint): bigint {
    const given = amount < this.#held ? amount : this.#held;
    this.#held -= given;
    return given;
  }

  isUnused(): boolean {
    return this.#held === 0n;
  }

  validity(): Duration {
    return Duration.zero;
  }
}
