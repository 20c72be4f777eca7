import type { StringMap } from './value.js';
import type { Words } from './wire/words.js';

/** What the pairs of a map refer to. */
interface PairSource {
  readonly words: Words;
  readonly pairs: Int32Array;
}

/** A map of a message, still as pairs of word indices until somebody looks into it. Good as long as its message. */
export class PairMap implements StringMap {
  readonly #source: PairSource;
  readonly #first: number;
  readonly #last: number;
  #entries: Map<string, string> | undefined;

  constructor(source: PairSource, first: number, last: number) {
    this.#source = source;
    this.#first = first;
    this.#last = last;
  }

  get size(): number {
    return this.#map().size;
  }

  get(key: string): string | undefined {
    return this.#map().get(key);
  }

  entries(): IterableIterator<[string, string]> {
    return this.#map().entries();
  }

  #map(): Map<string, string> {
    if (this.#entries !== undefined) return this.#entries;
    const { words, pairs } = this.#source;
    const entries = new Map<string, string>();
    for (let at = this.#first; at < this.#last; at += 2)
      entries.set(words.text(pairs[at]!), words.text(pairs[at + 1]!));
    this.#entries = entries;
    return entries;
  }
}
