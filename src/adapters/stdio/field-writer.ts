import type { Value, ValueType } from 'fairlead/sdk';

import { encodeValue, quote } from './encode.js';

type Fields = Readonly<Record<string, Value | undefined>>;

// Longer texts are seldom repeated, and should not be kept alive.
const maxRepeated = 128;

/**
 * Writes the variables or dimensions of one instance: those of the inferred type, sorted by name. Instances of one name
 * have their fields in one order, which is learned from the first: after that, one walk over the object reads them all.
 */
export class FieldWriter {
  readonly #types: readonly ValueType[];
  readonly #prefixes: readonly string[];
  readonly #columnOf: ReadonlyMap<string, number>;
  readonly #values: (Value | undefined)[];
  readonly #recent: string[];
  readonly #pieces: string[];
  #keys: readonly string[] = [];
  /** By position in `#keys`; fields that the type does not know share the column behind the last. */
  #columns: readonly number[] = [];

  constructor(types: Readonly<Record<string, ValueType>>, separator: ':' | ': ') {
    const names = Object.keys(types).sort();
    const comma = separator === ':' ? ',' : ', ';
    this.#types = names.map((name) => types[name]!);
    this.#prefixes = names.map((name) => `${comma}${quote(name)}${separator}`);
    this.#columnOf = new Map(names.map((name, index) => [name, index]));
    this.#values = new Array<undefined>(names.length + 1).fill(undefined);
    this.#recent = names.map(() => '');
    this.#pieces = this.#prefixes.map((prefix) => `${prefix}""`);
  }

  /** The fields as JSON, each with a comma in front. */
  write(fields: Fields): string {
    if (!this.#read(fields)) this.#learn(fields);
    const values = this.#values;
    const count = this.#types.length;
    let text = '';
    for (let column = 0; column < count; column++) {
      const value = values[column];
      if (value === undefined) continue;
      text += value === this.#recent[column] ? this.#pieces[column]! : this.#encode(value, column);
    }
    return text;
  }

  #encode(value: Value, column: number): string {
    const piece = this.#prefixes[column]! + encodeValue(value, this.#types[column]!);
    if (typeof value === 'string' && value.length <= maxRepeated) {
      this.#recent[column] = value;
      this.#pieces[column] = piece;
    }
    return piece;
  }

  /** False when the fields are not those learned. */
  #read(fields: Fields): boolean {
    const keys = this.#keys;
    const columns = this.#columns;
    const values = this.#values;
    let index = 0;
    for (const key in fields) {
      if (key !== keys[index]) return false;
      values[columns[index]!] = fields[key];
      index++;
    }
    return index === keys.length;
  }

  #learn(fields: Fields): void {
    this.#keys = Object.keys(fields);
    this.#columns = this.#keys.map((key) => this.#columnOf.get(key) ?? this.#types.length);
    this.#values.fill(undefined);
    this.#read(fields);
  }
}
