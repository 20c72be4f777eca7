import { BOOL, BROKEN, BYTES, DOUBLE, DURATION, INT64, MAP, STRING, TIMESTAMP } from '../kind.js';
import type { Slots } from '../slots.js';
import type { VocabularyIndex } from '../vocabulary-index.js';
import { WireReader } from './reader.js';
import { readParts, timeParts, validateDuration, validateTimestamp } from './time-parts.js';
import type { Words } from './words.js';

const WORD_TAG = 0x0a;
const STRINGS_TAG = 0x12;
const KEY_TAG = 0x08;
const VARINT_VALUE_TAG = 0x10;
const FIXED64_VALUE_TAG = 0x11;
const LENGTH_DELIMITED_VALUE_TAG = 0x12;
/** The first number whose varint takes more than two bytes. */
const LONG_VARINT = 0x4000;

/** Field tag of CompressedAttributes → kind. */
const kindOfTag = Uint8Array.from({ length: 0x4b }, (_, tag) => kindOfField(tag));
/** Kind → tag of the value in a map entry. */
const valueTags = Uint8Array.from({ length: 9 }, (_, kind) => {
  if (kind === DOUBLE) return FIXED64_VALUE_TAG;
  return kind === STRING || kind === INT64 || kind === BOOL ? VARINT_VALUE_TAG : LENGTH_DELIMITED_VALUE_TAG;
});

function kindOfField(tag: number): number {
  if ((tag & 7) !== 2) return 0;
  return [0, 0, STRING, INT64, DOUBLE, BOOL, TIMESTAMP, DURATION, BYTES, MAP][tag >>> 3] ?? 0;
}

/**
 * Decodes CompressedAttributes into the slots of one bag. Values are mostly not read, only found; but everything is
 * checked, so that reading them later cannot fail.
 *
 * Entries are first taken to have the form that every encoder writes and nearly every entry has: a length of one byte, a
 * key of one or two, then the value. The `short` methods read that form; they answer false for any other, with the reader
 * where it was, and the entry is read the long way.
 */
export class AttributeDecoder {
  readonly #slots: Slots;
  readonly #index: VocabularyIndex;
  #reader = new WireReader(new Uint8Array());
  /** What `#passKey` and `#passIndices` read. */
  #key = 0;
  #word = 0;

  constructor(slots: Slots, index: VocabularyIndex) {
    this.#slots = slots;
    this.#index = index;
  }

  /**
   * Decodes what is between the reader's `pos` and `end`; the slots' states must be empty. A message without words refers to `defaultWords`. Throws
   * MixerError MALFORMED_MESSAGE, with some of the message already in the slots.
   */
  decode(reader: WireReader, defaultWords: Words | undefined): void {
    const start = reader.pos;
    this.#reader = reader;
    this.#slots.reset(reader, defaultWords);
    if (this.#readFields()) return;
    // A word came after entries that may need it: legal, though no encoder does it. Read all words first.
    reader.pos = start;
    this.#slots.states.fill(0);
    this.#slots.reset(reader, defaultWords);
    this.#readWords();
    reader.pos = start;
    this.#readEntries();
  }

  /** Reads all fields in one go; false when a word follows an entry. */
  #readFields(): boolean {
    const reader = this.#reader;
    let entries = false;
    while (reader.pos < reader.end) {
      const tag = reader.uint32();
      if (tag === WORD_TAG) {
        if (entries) return false;
        this.#readWordRun();
      } else entries = this.#readField(tag) || entries;
    }
    return true;
  }

  #readWords(): void {
    const reader = this.#reader;
    while (reader.pos < reader.end) {
      const tag = reader.uint32();
      if (tag === WORD_TAG) this.#readWordRun();
      else reader.skip(tag);
    }
  }

  #readEntries(): void {
    const reader = this.#reader;
    while (reader.pos < reader.end) this.#readField(reader.uint32());
  }

  #readWordRun(): void {
    this.#slots.words = this.#slots.ownWords;
    this.#slots.ownWords.readRun(this.#reader, WORD_TAG);
  }

  /** Reads any field but a word that counts; false when it is no entry. */
  #readField(tag: number): boolean {
    const kind = tag < kindOfTag.length ? kindOfTag[tag]! : 0;
    if (kind === 0) {
      this.#reader.skip(tag);
      return false;
    }
    if (!this.#shortEntry(kind)) this.#looseEntry(kind);
    return true;
  }

  #shortEntry(kind: number): boolean {
    switch (kind) {
      case STRING:
        return this.#shortWords();
      case INT64:
      case BOOL:
        return this.#shortInteger(kind);
      case TIMESTAMP:
      case DURATION:
        return this.#shortTime(kind);
      default:
        return this.#shortValue(kind);
    }
  }

  /** Reads a key and the value's tag behind it; returns where the value starts, or 0. `pos` is where the length is. */
  #passKey(bytes: Uint8Array, pos: number, valueTag: number): number {
    if (bytes[pos + 1] !== KEY_TAG) return 0;
    let key = bytes[pos + 2]!;
    let at = pos + 3;
    // The two bytes of a varint are `first + (second - 1) * 128`; a second byte that wants a third makes it too large.
    if (key >= 0x80) key += (bytes[at++]! - 1) << 7;
    if (key >= LONG_VARINT || bytes[at++] !== valueTag) return 0;
    this.#key = (key >>> 1) ^ -(key & 1);
    return at;
  }

  /** Reads an entry of two indices into `#key` and `#word`; returns where it ends, or 0. `pos` is where the length is. */
  #passIndices(bytes: Uint8Array, pos: number, end: number): number {
    let at = this.#passKey(bytes, pos, VARINT_VALUE_TAG);
    let word = bytes[at++]!;
    if (word >= 0x80) word += (bytes[at++]! - 1) << 7;
    if (at !== pos + 1 + bytes[pos]! || at > end || word >= LONG_VARINT) return 0;
    this.#word = (word >>> 1) ^ -(word & 1);
    return at;
  }

  /** Reads a STRING entry and all that follow it: they are half of a message. */
  #shortWords(): boolean {
    const reader = this.#reader;
    const { bytes, end } = reader;
    for (;;) {
      const limit = this.#passIndices(bytes, reader.pos, end);
      if (limit === 0) return false;
      const slot = this.#slotOf(this.#key);
      this.#placeWord(slot, this.#word);
      reader.pos = limit;
      if (limit >= end || bytes[limit] !== STRINGS_TAG) return true;
      reader.pos = limit + 1;
    }
  }

  #shortInteger(kind: number): boolean {
    const reader = this.#reader;
    const { pos } = reader;
    const value = this.#passKey(reader.bytes, pos, VARINT_VALUE_TAG);
    const limit = pos + 1 + reader.bytes[pos]!;
    reader.pos = value;
    const number = reader.shortVarint();
    if (value === 0 || reader.pos !== limit || number < 0) {
      reader.pos = pos;
      return false;
    }
    const slot = this.#slotOf(this.#key);
    if (slot < 0) return true;
    if (kind === INT64) this.#slots.placeNumber(slot, INT64, number, value);
    else this.#slots.place(slot, BOOL, number === 0 ? 0 : 1, 0);
    return true;
  }

  #shortTime(kind: number): boolean {
    const reader = this.#reader;
    const { bytes, pos } = reader;
    const value = this.#passKey(bytes, pos, LENGTH_DELIMITED_VALUE_TAG);
    const limit = pos + 1 + bytes[pos]!;
    if (value === 0 || value + 1 + bytes[value]! !== limit || limit > reader.end || bytes[pos]! >= 0x80) return false;
    this.#placeTime(this.#slotOf(this.#key), kind, value);
    return true;
  }

  /** Reads any other entry that is the key and the value and nothing else. */
  #shortValue(kind: number): boolean {
    const reader = this.#reader;
    const { bytes, pos } = reader;
    const value = this.#passKey(bytes, pos, valueTags[kind]!);
    const limit = pos + 1 + bytes[pos]!;
    if (value === 0 || value >= limit || limit > reader.end || bytes[pos]! >= 0x80) return false;
    reader.pos = value;
    if (kind === DOUBLE) reader.skipFixed64();
    else reader.pos = reader.limit();
    if (reader.pos !== limit) {
      reader.pos = pos;
      return false;
    }
    this.#place(kind, this.#slotOf(this.#key), value);
    reader.pos = limit;
    return true;
  }

  /** Reads an entry of any form: fields missing, repeated, in another order or unknown. */
  #looseEntry(kind: number): void {
    const reader = this.#reader;
    const limit = reader.limit();
    const outer = reader.end;
    let key = 0;
    let value = -1;
    reader.end = limit;
    while (reader.pos < limit) {
      const tag = reader.uint32();
      if (tag === KEY_TAG) key = reader.sint32();
      else {
        if (tag === valueTags[kind]) value = reader.pos;
        reader.skip(tag);
      }
    }
    reader.end = outer;
    this.#place(kind, this.#slotOf(key), value);
    reader.pos = limit;
  }

  /** The slot of an attribute's name; negative when there is no such word or bags do not keep the attribute. */
  #slotOf(key: number): number {
    const { words } = this.#slots;
    if (!words.has(key)) {
      this.#slots.broken++;
      return -1;
    }
    return key < 0 ? words.slot(key, this.#index.names) : this.#index.globalSlots[key]!;
  }

  /** Checks a value and puts it into its slot, if it has one. `value` is where it starts, or -1 when there is none. */
  #place(kind: number, slot: number, value: number): void {
    if (kind === MAP) this.#placeMap(slot, value);
    else if (kind === TIMESTAMP || kind === DURATION) this.#placeTime(slot, kind, value);
    else if (kind === STRING) this.#placeWord(slot, value < 0 ? 0 : this.#sint32At(value));
    else if (slot >= 0) this.#placeScalar(kind, slot, value);
  }

  #sint32At(position: number): number {
    this.#reader.pos = position;
    return this.#reader.sint32();
  }

  #placeScalar(kind: number, slot: number, value: number): void {
    const reader = this.#reader;
    reader.pos = value;
    if (kind === BOOL) this.#slots.place(slot, BOOL, value >= 0 && reader.bool() ? 1 : 0, 0);
    else if (kind === INT64) this.#slots.placeNumber(slot, INT64, value < 0 ? 0 : NaN, value);
    else this.#slots.place(slot, kind, value, 0);
  }

  #placeWord(slot: number, word: number): void {
    const known = this.#slots.words.has(word);
    if (!known) this.#slots.broken++;
    if (slot >= 0) this.#slots.place(slot, known ? STRING : STRING | BROKEN, word, 0);
  }

  #placeTime(slot: number, kind: number, value: number): void {
    const reader = this.#reader;
    reader.pos = value;
    if (value < 0) timeParts.seconds = timeParts.nanos = 0;
    else readParts(reader, reader.limit());
    if (kind === TIMESTAMP) validateTimestamp();
    else validateDuration();
    if (slot >= 0) this.#slots.placeNumber(slot, kind, timeParts.seconds, timeParts.nanos);
  }

  #placeMap(slot: number, value: number): void {
    const slots = this.#slots;
    const first = slots.pairCount;
    const whole = value < 0 || this.#readPairs(value);
    if (!whole) slots.broken++;
    if (slot < 0) slots.pairCount = first;
    else slots.place(slot, whole ? MAP : MAP | BROKEN, first, slots.pairCount);
  }

  /** Reads a StringMap; false when one of its words does not exist. */
  #readPairs(value: number): boolean {
    const reader = this.#reader;
    const outer = reader.end;
    let whole = true;
    reader.pos = value;
    reader.end = reader.limit();
    while (reader.pos < reader.end) {
      const tag = reader.uint32();
      if (tag !== WORD_TAG) reader.skip(tag);
      else if (!this.#readPair()) whole = false;
    }
    reader.end = outer;
    return whole;
  }

  #readPair(): boolean {
    const reader = this.#reader;
    const limit = this.#passIndices(reader.bytes, reader.pos, reader.end);
    if (limit === 0) return this.#loosePair();
    reader.pos = limit;
    return this.#placePair(this.#key, this.#word);
  }

  #loosePair(): boolean {
    const reader = this.#reader;
    const limit = reader.limit();
    const outer = reader.end;
    let key = 0;
    let value = 0;
    reader.end = limit;
    while (reader.pos < limit) {
      const tag = reader.uint32();
      if (tag === KEY_TAG) key = reader.sint32();
      else if (tag === VARINT_VALUE_TAG) value = reader.sint32();
      else reader.skip(tag);
    }
    reader.end = outer;
    return this.#placePair(key, value);
  }

  #placePair(key: number, value: number): boolean {
    const { words } = this.#slots;
    this.#slots.addPair(key, value);
    return words.has(key) && words.has(value);
  }
}
