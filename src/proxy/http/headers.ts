/** Headers of one message, as name and value in turn. Names are lower case; a name may come several times. */
export class Headers {
  readonly raw: string[];

  /** Takes the array as it is: names must be lower case already. */
  constructor(raw: string[] = []) {
    this.raw = raw;
  }

  /** The first value. */
  get(name: string): string | undefined {
    const { raw } = this;
    for (let index = 0; index < raw.length; index += 2) if (raw[index] === name) return raw[index + 1];
    return undefined;
  }

  /** All values, joined by a comma as HTTP allows. */
  getAll(name: string): string | undefined {
    const { raw } = this;
    let all: string | undefined;
    for (let index = 0; index < raw.length; index += 2) {
      if (raw[index] === name) all = all === undefined ? raw[index + 1] : `${all},${raw[index + 1]}`;
    }
    return all;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  /** Replaces all values by one, in the place of the first. */
  set(name: string, value: string): void {
    const { raw } = this;
    for (let index = 0; index < raw.length; index += 2) {
      if (raw[index] !== name) continue;
      raw[index + 1] = value;
      this.#removeFrom(index + 2, name);
      return;
    }
    raw.push(name, value);
  }

  add(name: string, value: string): void {
    this.raw.push(name, value);
  }

  remove(name: string): void {
    this.#removeFrom(0, name);
  }

  [Symbol.iterator](): IterableIterator<[name: string, value: string]> {
    return new Pairs(this.raw);
  }

  /** Removes all headers of these names, in one walk. */
  removeAll(names: ReadonlySet<string>): void {
    const { raw } = this;
    let to = 0;
    for (let from = 0; from < raw.length; from += 2) {
      if (names.has(raw[from]!)) continue;
      if (to < from) {
        raw[to] = raw[from]!;
        raw[to + 1] = raw[from + 1]!;
      }
      to += 2;
    }
    if (to < raw.length) raw.length = to;
  }

  #removeFrom(start: number, name: string): void {
    const { raw } = this;
    let to = start;
    for (let from = start; from < raw.length; from += 2) {
      if (raw[from] === name) continue;
      raw[to] = raw[from]!;
      raw[to + 1] = raw[from + 1]!;
      to += 2;
    }
    if (to < raw.length) raw.length = to;
  }
}

/** Walks over headers; a generator takes twice as long, and every request is walked over. */
class Pairs implements IterableIterator<[name: string, value: string]> {
  readonly #raw: readonly string[];
  #at = 0;

  constructor(raw: readonly string[]) {
    this.#raw = raw;
  }

  next(): IteratorResult<[name: string, value: string]> {
    const at = this.#at;
    const raw = this.#raw;
    if (at >= raw.length) return { done: true, value: undefined };
    this.#at = at + 2;
    return { done: false, value: [raw[at]!, raw[at + 1]!] };
  }

  [Symbol.iterator](): this {
    return this;
  }
}
