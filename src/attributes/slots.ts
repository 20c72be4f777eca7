import { BOOL, BROKEN, BYTES, DOUBLE, INT64, KIND_MASK, MAP, READY, STRING, TIMESTAMP } from './kind.js';
import { Duration, Timestamp, type Value } from './value.js';
import { PairMap } from './pair-map.js';
import type { ReferenceWord } from './vocabulary-index.js';
import { bigintOf } from './wire/bigint-of.js';
import { WireReader } from './wire/reader.js';
import { Words } from './wire/words.js';

const noBytes = new Uint8Array();
const noReader = new WireReader(noBytes);
/** Pair tables that one large message made larger than this are given back. */
const KEPT_PAIRS = 4096;

/**
 * The values of one message by slot, as the decoder left them: mostly places in the message's bytes, turned into values
 * when they are first read. What the numbers of a slot mean depends on its kind:
 *
 * - STRING: `first` is the word's index;
 * - BOOL: `first` is 0 or 1;
 * - INT64: `numbers` holds it, or is NaN and the value's bytes start at `first`;
 * - TIMESTAMP, DURATION: seconds in `numbers`, nanoseconds in `first`;
 * - MAP: `first` and `last` delimit its pairs in `pairs`;
 * - DOUBLE, BYTES: the value's bytes start at `first` (behind its tag), or it was left out and that is -1.
 */
export class Slots {
  readonly first: Int32Array;
  readonly last: Int32Array;
  readonly numbers: Float64Array;
  readonly values: unknown[];
  /** Key and value indices of all maps, alternating. */
  pairs = new Int32Array(64);
  pairCount = 0;
  /** Values that named a word that there is not, in this message. */
  broken = 0;
  /** The words that indices of this message refer to. */
  words: Words;
  readonly ownWords = new Words();
  #reader = noReader;

  /** `states` is a state per slot; emptying it is left to the owner. */
  constructor(readonly states: Uint8Array) {
    const size = states.length;
    this.first = new Int32Array(size);
    this.last = new Int32Array(size);
    this.numbers = new Float64Array(size);
    this.values = new Array<unknown>(size).fill(undefined);
    this.words = this.ownWords;
  }

  /** Forgets everything but the states; values decoded next are places in the reader's bytes. */
  reset(reader: WireReader = noReader, defaultWords?: Words): void {
    this.ownWords.reset(reader);
    this.words = defaultWords ?? this.ownWords;
    this.pairCount = 0;
    this.broken = 0;
    if (this.pairs.length > KEPT_PAIRS) this.pairs = new Int32Array(64);
    this.#reader = reader;
  }

  addPair(key: number, value: number): void {
    if (this.pairCount === this.pairs.length) {
      const larger = new Int32Array(this.pairs.length * 2);
      larger.set(this.pairs);
      this.pairs = larger;
    }
    this.pairs[this.pairCount++] = key;
    this.pairs[this.pairCount++] = value;
  }

  /** Puts a value that needs no decoding. */
  set(slot: number, kind: number, value: Value): void {
    this.states[slot] = kind | READY;
    this.values[slot] = value;
  }

  /** Takes a decoded value in, unless one of a kind that is probed earlier is there. The last of a kind wins. */
  place(slot: number, state: number, first: number, last: number): void {
    const old = this.states[slot]! & KIND_MASK;
    if (old !== 0 && old < (state & KIND_MASK)) return;
    this.states[slot] = state;
    this.first[slot] = first;
    this.last[slot] = last;
  }

  /** The same for a value with a number. */
  placeNumber(slot: number, kind: number, number: number, first: number): void {
    const old = this.states[slot]! & KIND_MASK;
    if (old !== 0 && old < kind) return;
    this.states[slot] = kind;
    this.numbers[slot] = number;
    this.first[slot] = first;
  }

  /** The word that a STRING slot holds, which is then kept as its value. */
  text(slot: number): string {
    const text = this.words.text(this.first[slot]!);
    this.values[slot] = text;
    this.states[slot] = STRING | READY;
    return text;
  }

  /** The integer that an INT64 slot holds, which is then kept as its value. */
  int64(slot: number): bigint {
    const number = this.numbers[slot]!;
    const integer = Number.isNaN(number) ? this.#at(this.first[slot]!).int64() : bigintOf(number);
    this.values[slot] = integer;
    this.states[slot] = INT64 | READY;
    return integer;
  }

  /** The value of a slot that holds one, materialised and kept. */
  materialise(slot: number): Value {
    const value = this.#decode(slot, this.states[slot]! & KIND_MASK);
    this.values[slot] = value;
    this.states[slot] = this.states[slot]! | READY;
    return value;
  }

  /** One key of a map that is not materialised, found by its bytes. */
  lookUp(slot: number, key: ReferenceWord): string | undefined {
    const { pairs, words } = this;
    const first = this.first[slot]!;
    // From the end: of entries with the same key the last counts.
    for (let at = this.last[slot]! - 2; at >= first; at -= 2) {
      const index = pairs[at]!;
      if (index < 0 ? words.equals(index, key.view) : index === key.globalIndex) return words.text(pairs[at + 1]!);
    }
    return undefined;
  }

  /** Materialises all values, so that the message's bytes and words may go. */
  materialiseAll(): void {
    this.states.forEach((state, slot) => {
      if (state === 0 || (state & BROKEN) !== 0) return;
      const value = (state & READY) === 0 ? this.materialise(slot) : this.values[slot];
      if (value instanceof PairMap) this.values[slot] = new Map(value.entries());
    });
  }

  #decode(slot: number, kind: number): Value {
    const first = this.first[slot]!;
    switch (kind) {
      case STRING:
        return this.words.text(first);
      case MAP:
        return new PairMap(this, first, this.last[slot]!);
      case INT64:
        return this.int64(slot);
      case DOUBLE:
        return first < 0 ? 0 : this.#at(first).double();
      case BOOL:
        return first !== 0;
      case BYTES:
        return first < 0 ? noBytes : this.#bytes(first);
      case TIMESTAMP:
        return new Timestamp(this.numbers[slot]!, first);
      default:
        return new Duration(this.numbers[slot]!, first);
    }
  }

  // A copy: an IP address outlives its message, and a view would keep the whole message alive.
  #bytes(first: number): Uint8Array {
    const reader = this.#at(first);
    const limit = reader.limit();
    const copy = new Uint8Array(limit - reader.pos);
    for (let i = 0; i < copy.length; i++) copy[i] = reader.bytes[reader.pos + i]!;
    return copy;
  }

  #at(position: number): WireReader {
    const reader = this.#reader;
    reader.pos = position;
    reader.end = reader.bytes.length;
    return reader;
  }
}
