import {
  Duration,
  EvalError,
  globalDictionary,
  type KeySlot,
  type Reference,
  type References,
  type StringMap,
  Timestamp,
  type Value,
  type Vocabulary,
} from '../../src/attributes/index.js';
import type { CompressedAttributes } from '../../src/gen/istio/mixer/v1/attributes.js';
import type { RequestBag } from '../../src/runtime/index.js';

/**
 * The bag that one would write first: what the generated codec decoded, as a Map by name, with the references in another
 * Map. Values of a wrong type are left to fail somewhere: the benchmark sends none.
 */
export class MapBag implements RequestBag {
  readonly #vocabulary: Vocabulary;
  readonly #keySlots: readonly KeySlot[];
  readonly #values: Map<string, Value>;
  readonly #overlays = new Map<string, Value>();
  #read = new Map<string, Reference>();

  constructor(vocabulary: Vocabulary, message: CompressedAttributes) {
    this.#vocabulary = vocabulary;
    this.#keySlots = vocabulary.keySlots;
    this.#values = valuesOf(message);
  }

  has(slot: number): boolean {
    const name = this.#vocabulary.nameOf(slot);
    return this.#overlays.has(name) || this.#values.has(name);
  }

  overlay(slot: number, value: Value | undefined): void {
    const name = this.#vocabulary.nameOf(slot);
    if (value === undefined) this.#overlays.delete(name);
    else this.#overlays.set(name, value);
  }

  captureReferences(): References {
    const read = [...this.#read.values()].sort((a, b) => compare(a.name, b.name) || compare(a.key ?? '', b.key ?? ''));
    return { vocabulary: this.#vocabulary, list: () => read };
  }

  saveReferences(): unknown {
    return new Map(this.#read);
  }

  restoreReferences(saved: unknown): void {
    this.#read = new Map(saved as Map<string, Reference>);
  }

  string(slot: number): string | undefined | EvalError {
    return this.#get(slot) as string | undefined;
  }

  int64(slot: number): bigint | undefined | EvalError {
    return this.#get(slot) as bigint | undefined;
  }

  double(slot: number): number | undefined | EvalError {
    return this.#get(slot) as number | undefined;
  }

  bool(slot: number): boolean | undefined | EvalError {
    return this.#get(slot) as boolean | undefined;
  }

  timestamp(slot: number): Timestamp | undefined | EvalError {
    return this.#get(slot) as Timestamp | undefined;
  }

  duration(slot: number): Duration | undefined | EvalError {
    return this.#get(slot) as Duration | undefined;
  }

  ip(slot: number): Uint8Array | undefined | EvalError {
    return this.#get(slot) as Uint8Array | undefined;
  }

  map(slot: number): StringMap | undefined | EvalError {
    return this.#get(slot) as StringMap | undefined;
  }

  key(keySlot: number): string | undefined | null | EvalError {
    const { slot, key } = this.#keySlots[keySlot]!;
    const entries = this.map(slot);
    if (entries === undefined || entries instanceof EvalError) return entries;
    const value = entries.get(key);
    const name = this.#vocabulary.nameOf(slot);
    this.#read.set(`${name}[${key}]`, { name, key, condition: value === undefined ? 'ABSENCE' : 'EXACT' });
    return value ?? null;
  }

  #get(slot: number): Value | undefined {
    const name = this.#vocabulary.nameOf(slot);
    const overlaid = this.#overlays.get(name);
    if (overlaid !== undefined) return overlaid;
    const value = this.#values.get(name);
    this.#read.set(name, { name, key: undefined, condition: value === undefined ? 'ABSENCE' : 'EXACT' });
    return value;
  }
}

function valuesOf(message: CompressedAttributes): Map<string, Value> {
  const word = (index: number | string): string => {
    const at = Number(index);
    return (at < 0 ? message.words[-at - 1] : globalDictionary[at]) ?? '';
  };
  const values = new Map<string, Value>();
  const takeAll = <T>(entries: Readonly<Record<number, T>>, valueOf: (value: T) => Value): void => {
    for (const [name, value] of Object.entries(entries)) values.set(word(name), valueOf(value));
  };
  takeAll(message.strings, word);
  takeAll(message.int64s, (value) => value);
  takeAll(message.doubles, (value) => value);
  takeAll(message.bools, (value) => value);
  takeAll(message.timestamps, ({ seconds, nanos }) => new Timestamp(Number(seconds), nanos));
  takeAll(message.durations, ({ seconds, nanos }) => new Duration(Number(seconds), nanos));
  takeAll(message.bytes, (value) => value);
  takeAll(
    message.stringMaps,
    ({ entries }) => new Map(Object.entries(entries).map(([key, value]) => [word(key), word(value)])),
  );
  return values;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
