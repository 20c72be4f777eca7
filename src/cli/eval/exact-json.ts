/** A JSON value whose integers are exact and whose objects are Maps, so that no key is special. */
export type ExactJson = string | number | bigint | boolean | null | readonly ExactJson[] | ExactJsonObject;
export type ExactJsonObject = ReadonlyMap<string, ExactJson>;

const space = /[ \t\r\n]*/y;
const number = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
// What it lets through too much, JSON.parse refuses.
const text = /"(?:[^"\\]|\\.)*"/y;
const maxDepth = 64;

/**
 * Parses JSON like JSON.parse, but gives numbers without fraction and exponent as bigint: an INT64 beyond 2^53 must
 * survive (mixer-core.md 2.1). Of a key given twice the last wins.
 *
 * @throws SyntaxError with the offset, also for nesting beyond 64 levels.
 */
export function parseExactJson(source: string): ExactJson {
  const reader = new Reader(source);
  const value = reader.value(0);
  reader.end();
  return value;
}

class Reader {
  #at = 0;

  constructor(readonly source: string) {}

  value(depth: number): ExactJson {
    this.#skip();
    if (depth > maxDepth) this.#fail('nested too deeply');
    switch (this.source[this.#at]) {
      case '{':
        return this.#object(depth);
      case '[':
        return this.#array(depth);
      case '"':
        return this.#string();
      default:
        return this.#word('true', true) ?? this.#word('false', false) ?? this.#nullOrNumber();
    }
  }

  end(): void {
    this.#skip();
    if (this.#at < this.source.length) this.#fail('unexpected text after the value');
  }

  #object(depth: number): ExactJsonObject {
    const entries = new Map<string, ExactJson>();
    this.#list('}', () => {
      const key = this.#string();
      this.#expect(':');
      entries.set(key, this.value(depth + 1));
    });
    return entries;
  }

  #array(depth: number): readonly ExactJson[] {
    const items: ExactJson[] = [];
    this.#list(']', () => {
      items.push(this.value(depth + 1));
    });
    return items;
  }

  #list(close: string, readItem: () => void): void {
    this.#at++;
    this.#skip();
    if (this.source[this.#at] === close) {
      this.#at++;
      return;
    }
    for (;;) {
      this.#skip();
      readItem();
      this.#skip();
      const found = this.source[this.#at];
      this.#at++;
      if (found === close) return;
      if (found !== ',') this.#fail(`expected ',' or '${close}'`);
    }
  }

  #string(): string {
    text.lastIndex = this.#at;
    const match = text.exec(this.source);
    if (match === null) this.#fail('expected a string');
    const value = JSON.parse(match[0]) as string;
    this.#at = text.lastIndex;
    return value;
  }

  #word<T>(word: string, value: T): T | undefined {
    if (!this.source.startsWith(word, this.#at)) return undefined;
    this.#at += word.length;
    return value;
  }

  #nullOrNumber(): null | number | bigint {
    if (this.#word('null', true) === true) return null;
    number.lastIndex = this.#at;
    const match = number.exec(this.source);
    if (match === null) this.#fail('expected a value');
    this.#at = number.lastIndex;
    return match[1] === undefined && match[2] === undefined ? BigInt(match[0]) : Number(match[0]);
  }

  #expect(token: string): void {
    this.#skip();
    if (this.source[this.#at] !== token) this.#fail(`expected '${token}'`);
    this.#at++;
  }

  #skip(): void {
    space.lastIndex = this.#at;
    space.exec(this.source);
    this.#at = space.lastIndex;
  }

  #fail(message: string): never {
    throw new SyntaxError(`${message} at offset ${Math.min(this.#at, this.source.length)}`);
  }
}
