import type { StringMap } from '../../client/index.js';
import type { Headers } from '../http/headers.js';

/**
 * Headers as Mixer wants them: of a name that came twice the last value. A copy of what they are now, in the form in
 * which they came: most are only written down once, and a hash table for each request would cost more than that.
 */
export class HeaderMap implements StringMap {
  readonly #pairs: readonly string[];
  /** Characters of all names and values. */
  readonly length: number;

  /** `more` are name and value in turn, and have no name of the headers. */
  constructor({ raw }: Headers, more: readonly string[] = []) {
    const pairs: string[] = [];
    let length = 0;
    for (let at = 0; at < raw.length; at += 2) {
      const name = raw[at]!;
      const value = raw[at + 1]!;
      const known = placeOf(pairs, name);
      if (known === -1) {
        pairs.push(name, value);
        length += name.length + value.length;
      } else {
        length += value.length - pairs[known + 1]!.length;
        pairs[known + 1] = value;
      }
    }
    for (const text of more) {
      pairs.push(text);
      length += text.length;
    }
    this.#pairs = pairs;
    this.length = length;
  }

  get size(): number {
    return this.#pairs.length / 2;
  }

  get(name: string): string | undefined {
    const place = placeOf(this.#pairs, name);
    return place === -1 ? undefined : this.#pairs[place + 1];
  }

  entries(): IterableIterator<[string, string]> {
    return new Entries(this.#pairs);
  }
}

/** There are so few that looking at each is faster than anything else. */
function placeOf(pairs: readonly string[], name: string): number {
  for (let at = 0; at < pairs.length; at += 2) if (pairs[at] === name) return at;
  return -1;
}

class Entries implements IterableIterator<[string, string]> {
  readonly #pairs: readonly string[];
  #at = 0;

  constructor(pairs: readonly string[]) {
    this.#pairs = pairs;
  }

  next(): IteratorResult<[string, string]> {
    const at = this.#at;
    const pairs = this.#pairs;
    if (at >= pairs.length) return { done: true, value: undefined };
    this.#at = at + 2;
    return { done: false, value: [pairs[at]!, pairs[at + 1]!] };
  }

  [Symbol.iterator](): this {
    return this;
  }
}
