import { hashRange, isSameRange } from './byte-range.js';

/** Finds the number of a name by its bytes, so that words which are names are never decoded to text. */
export class NameTable {
  readonly #names: readonly DataView[];
  readonly #mask: number;
  /** Name numbers plus one, by hash, open addressing. */
  readonly #places: Int32Array;

  /** An empty name only keeps its number: it is never found. */
  constructor(names: readonly DataView[]) {
    this.#names = names;
    let size = 16;
    while (size < names.length * 4) size *= 2;
    this.#mask = size - 1;
    this.#places = new Int32Array(size);
    this.#names.forEach((name, number) => {
      if (name.byteLength === 0) return;
      let at = hashRange(name, 0, name.byteLength) & this.#mask;
      while (this.#places[at] !== 0) at = (at + 1) & this.#mask;
      this.#places[at] = number + 1;
    });
  }

  find(view: DataView, from: number, to: number): number | undefined {
    const mask = this.#mask;
    const length = to - from;
    for (let at = hashRange(view, from, to) & mask; ; at = (at + 1) & mask) {
      const number = this.#places[at]! - 1;
      if (number < 0) return undefined;
      const name = this.#names[number]!;
      if (name.byteLength === length && isSameRange(view, from, name, 0, length)) return number;
    }
  }
}
