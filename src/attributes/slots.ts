import { BOOL, BROKEN, BYTES, DOUBLE, INT64, KIND_MASK, MAP, READY, STRING, TIMESTAMP } from './kind.js';
import { Duration, Timestamp, type Value } from './value.js';
import type { ReferenceWord } from './vocabulary-index.js';
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
 * - TIMESTAMP, DURATION: `seconds` and, in `first`, the nanoseconds;
 * - MAP: `first` and `last` delimit its pairs in `pairs`;
 * - any other: `first` is where the value's bytes start (behind its tag), or -1 when it was left out.
 */
export class Slots {
  readonly states: Uint8Array;
  readonly first: Int32Array;
  readonly last: Int32Array;
  readonly seconds: Float64Array;
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

  constructor(size: number) {
    this.states = new Uint8Array(size);
    this.first = new Int32Array(size);
    this.last = new Int32Array(size);
    this.seconds = new Float64Array(size);
    this.values = new Array<unknown>(size).fill(undefined);
    this.words = this.ownWords;
  }

  /** Forgets everything; values decoded next are places in the reader's bytes. */
  reset(reader: WireReader = noReader, defaultWords?: Words): void {
    this.states.fill(0);
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

  /** The word that a STRING slot holds, which is then kept as its value. */
  text(slot: number): string {
    const text = this.words.text(this.first[slot]!);
    this.values[slot] = text;
    this.states[slot] = STRING | READY;
    return text;
  }

  /** Takes a decoded value in, unless one of a kind that is probed earlier is there. The last of a kind wins. */
  place(slot: number, state: number, first: number, last: number): void {
    if (!this.#yields(slot, state)) return;
    this.states[slot] = state;
    this.first[slot] = first;
    this.last[slot] = last;
  }

  /** The same for a TIMESTAMP or DURATION. */
  placeTime(slot: number, kind: number, seconds: number, nanos: number): void {
    if (!this.#yields(slot, kind)) return;
    this.states[slot] = kind;
    this.seconds[slot] = seconds;
    this.first[slot] = nanos;
  }

  #yields(slot: number, state: number): boolean {
    const old = this.states[slot]! & KIND_MASK;
    return old === 0 || old >= (state & KIND_MASK);
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
      if (index < 0 ? words.equals(index, key.bytes) : index === key.globalIndex) return words.text(pairs[at + 1]!);
    }
    return undefined;
  }

  /** Materialises all values, so that the message's bytes and words may go. */
  materialiseAll(): void {
    this.states.forEach((state, slot) => {
      if (state !== 0 && (state & (READY | BROKEN)) === 0) this.materialise(slot);
    });
  }

  #decode(slot: number, kind: number): Value {
    const first = this.first[slot]!;
    switch (kind) {
      case STRING:
        return this.words.text(first);
      case MAP:
        return this.#map(first, this.last[slot]!);
      case INT64:
        return first < 0 ? 0n : this.#at(first).int64();
      case DOUBLE:
        return first < 0 ? 0 : this.#at(first).double();
      case BOOL:
        return first < 0 ? false : this.#at(first).bool();
      case BYTES:
        return first < 0 ? noBytes : this.#bytes(first);
      case TIMESTAMP:
        return new Timestamp(this.seconds[slot]!, first);
      default:
        return new Duration(this.seconds[slot]!, first);
    }
  }

  // A copy: an IP address outlives its message, and a view would keep the whole message alive.
  #bytes(first: number): Uint8Array {
    const reader = this.#at(first);
    const limit = reader.limit();
    return reader.bytes.slice(reader.pos, limit);
  }

  #map(first: number, last: number): Map<string, string> {
    const map = new Map<string, string>();
    for (let at = first; at < last; at += 2) {
      map.set(this.words.text(this.pairs[at]!), this.words.text(this.pairs[at + 1]!));
    }
    return map;
  }

  #at(position: number): WireReader {
    const reader = this.#reader;
    reader.pos = position;
    reader.end = reader.bytes.length;
    return reader;
  }
}
