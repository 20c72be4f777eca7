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

  *[Symbol.iterator](): IterableIterator<[name: string, value: string]> {
    const { raw } = this;
    for (let index = 0; index < raw.length; index += 2) yield [raw[index]!, raw[index + 1]!];
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
