import { globalDictionary, globalIndexOf } from '../../attributes/index.js';

/** How much of the global dictionary is left when a Mixer refuses it: what the oldest servers know (mesh.md 1.8). */
export const shrunkWordCount = 111;

/** All words of the global dictionary. */
export const fullWordCount = globalDictionary.length;

/** The words of one message: those of the global dictionary by their place in it, others as they come, from -1 down. */
export class MessageWords {
  readonly list: string[] = [];
  readonly #globalCount: number;
  readonly #indices = new Map<string, number>();

  /** Of the global dictionary only the first `globalCount` words are used. */
  constructor(globalCount: number) {
    this.#globalCount = globalCount;
  }

  /** For a word that no other is expected to equal: it is not looked for. */
  add(word: string): number {
    return -this.list.push(word);
  }

  indexOf(word: string): number {
    const global = globalIndexOf(word);
    if (global !== undefined && global < this.#globalCount) return global;
    const known = this.#indices.get(word);
    if (known !== undefined) return known;
    const index = -this.list.push(word);
    this.#indices.set(word, index);
    return index;
  }
}
