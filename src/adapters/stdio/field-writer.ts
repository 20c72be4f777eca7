import type { Value, ValueType } from 'fairlead/sdk';

import { encodeValue, quote } from './encode.js';

type Fields = Readonly<Record<string, Value | undefined>>;

/** Equal to no value: marks a column whose text cannot be taken again. */
const never: unique symbol = Symbol('never');

// Longer texts are seldom repeated, and should not be kept alive.
const maxKept = 256;

/**
 * Writes the variables or dimensions of one instance: those of the inferred type, sorted by name. Instances of one name
 * have their fields in one order, which is learned from the first: after that, one walk over the object reads them all,
 * and only what differs from the line before is encoded again.
 */
export class FieldWriter {
  readonly #types: readonly ValueType[];
  readonly #prefixes: readonly string[];
  readonly #columnOf: ReadonlyMap<string, number>;
  readonly #values: (Value | undefined | typeof never)[];
  /** The text of each column, empty for what is absent; the first and the last are for the caller's text. */
  readonly #pieces: string[];
  #keys: readonly string[] = [];
  /** By position in `#keys`: columns count from 1, and 0 is for fields that the type does not know. */
  #columns: readonly number[] = [];
  #oversized = false;

  constructor(types: Readonly<Record<string, ValueType>>, separator: ':' | ': ') {
    const names = Object.keys(types).sort();
    const comma = separator === ':' ? ',' : ', ';
    this.#types = names.map((name) => types[name]!);
    this.#prefixes = names.map((name) => `${comma}${quote(name)}${separator}`);
    this.#columnOf = new Map(names.map((name, index) => [name, index + 1]));
    this.#values = new Array<undefined>(names.length + 1).fill(undefined);
    this.#pieces = new Array<string>(names.length + 2).fill('');
  }

  /** `before`, the fields as JSON, each with a comma in front, and `after`: one flat string. */
  write(fields: Fields, before: string, after: string): string {
    if (!this.#read(fields)) this.#learn(fields);
    const pieces = this.#pieces;
    pieces[0] = before;
    pieces[pieces.length - 1] = after;
    // Joining makes one flat string; adding them up would make a tree to flatten afterwards, at twice the cost.
    const text = pieces.join('');
    if (this.#oversized) this.#forgetOversized();
    return text;
  }

  /** False when the fields are not those learned. */
  #read(fields: Fields): boolean {
    const keys = this.#keys;
    const columns = this.#columns;
    const values = this.#values;
    let index = 0;
    for (const key in fields) {
      if (key !== keys[index]) return false;
      const column = columns[index]!;
      const value = fields[key];
      if (value !== values[column] && column !== 0) this.#encode(value, column);
      index++;
    }
    return index === keys.length;
  }

  #encode(value: Value | undefined, column: number): void {
    const piece = value === undefined ? '' : this.#prefixes[column - 1]! + encodeValue(value, this.#types[column - 1]!);
    this.#pieces[column] = piece;
    if (piece.length > maxKept) this.#oversized = true;
    // A double of -0 equals 0, and the insides of maps and bytes are not ours.
    const repeatable = typeof value !== 'object' && typeof value !== 'number' && piece.length <= maxKept;
    this.#values[column] = repeatable ? value : never;
  }

  #learn(fields: Fields): void {
    this.#keys = Object.keys(fields);
    this.#columns = this.#keys.map((key) => this.#columnOf.get(key) ?? 0);
    this.#values.fill(undefined);
    this.#pieces.fill('');
    this.#read(fields);
  }

  #forgetOversized(): void {
    for (const [index, piece] of this.#pieces.entries()) if (piece.length > maxKept) this.#pieces[index] = '';
    this.#oversized = false;
  }
}
