import { BOOL, BROKEN, BYTES, DOUBLE, DURATION, INT64, MAP, STRING, TIMESTAMP } from '../kind.js';
import type { Slots } from '../slots.js';
import type { VocabularyIndex } from '../vocabulary-index.js';
import type { WireReader } from './reader.js';
import { readParts, timeParts, validateDuration, validateTimestamp } from './time-parts.js';
import type { Words } from './words.js';

const WORD_TAG = 0x0a;
const KEY_TAG = 0x08;
const VARINT_VALUE_TAG = 0x10;
const FIXED64_VALUE_TAG = 0x11;

/** Field tag of CompressedAttributes → kind. */
const kindOfTag = Uint8Array.from({ length: 0x4b }, (_, tag) => kindOfField(tag));
/** Kind → tag of the value in a map entry. */
const valueTags = Uint8Array.from({ length: 9 }, (_, kind) => {
  if (kind === DOUBLE) return FIXED64_VALUE_TAG;
  return kind === STRING || kind === INT64 || kind === BOOL ? VARINT_VALUE_TAG : 0x12;
});

function kindOfField(tag: number): number {
  if ((tag & 7) !== 2) return 0;
  return [0, 0, STRING, INT64, DOUBLE, BOOL, TIMESTAMP, DURATION, BYTES, MAP][tag >>> 3] ?? 0;
}

/**
 * Decodes the CompressedAttributes between the reader's `pos` and `end` into slots. Values are not read, only found;
 * but everything is checked, so that reading them later cannot fail. Without words of its own the message's indices
 * refer to `defaultWords`.
 */
export function decodeAttributes(
  reader: WireReader,
  target: { readonly slots: Slots; readonly index: VocabularyIndex },
  defaultWords: Words | undefined,
): void {
  const { slots, index } = target;
  const start = reader.pos;
  slots.reset(reader, defaultWords);
  if (readFields(reader, slots, index)) return;
  // A word came after entries that may need it: legal, though no encoder does it. Read all words first.
  reader.pos = start;
  slots.reset(reader, defaultWords);
  readWords(reader, slots);
  reader.pos = start;
  readEntries(reader, slots, index);
}

/** Reads all fields in one go; false when a word follows an entry. */
function readFields(reader: WireReader, slots: Slots, index: VocabularyIndex): boolean {
  let entries = false;
  while (reader.pos < reader.end) {
    const tag = reader.uint32();
    if (tag === WORD_TAG) {
      if (entries) return false;
      readWord(reader, slots);
      continue;
    }
    const kind = kindOf(tag);
    if (kind === 0) reader.skip(tag);
    else {
      entries = true;
      readEntry(reader, kind, slots, index);
    }
  }
  return true;
}

function readWords(reader: WireReader, slots: Slots): void {
  while (reader.pos < reader.end) {
    const tag = reader.uint32();
    if (tag === WORD_TAG) readWord(reader, slots);
    else reader.skip(tag);
  }
}

function readEntries(reader: WireReader, slots: Slots, index: VocabularyIndex): void {
  while (reader.pos < reader.end) {
    const tag = reader.uint32();
    const kind = kindOf(tag);
    if (kind === 0) reader.skip(tag);
    else readEntry(reader, kind, slots, index);
  }
}

function kindOf(tag: number): number {
  return tag < kindOfTag.length ? kindOfTag[tag]! : 0;
}

function readWord(reader: WireReader, slots: Slots): void {
  const limit = reader.limit();
  slots.words = slots.ownWords;
  slots.ownWords.add(reader.pos, limit);
  reader.pos = limit;
}

function readEntry(reader: WireReader, kind: number, slots: Slots, index: VocabularyIndex): void {
  if (kind === STRING ? readShortWord(reader, slots, index) : readShortScalar(reader, kind, slots, index)) return;
  readLooseEntry(reader, { kind, limit: reader.limit() }, slots, index);
}

/*
 * The two functions below read entries of the form that every encoder writes and nearly every entry has: a length of one
 * byte, a key of one or two, then the value. They return false, with the reader where it was, when it is any other. A
 * varint of two bytes is `first + (second - 1) * 128`; one of three or more gives 0x4000 or more.
 */

function readShortWord(reader: WireReader, slots: Slots, index: VocabularyIndex): boolean {
  const { bytes, pos } = reader;
  const limit = pos + 1 + bytes[pos]!;
  if (bytes[pos + 1] !== KEY_TAG) return false;
  let key = bytes[pos + 2]!;
  let at = pos + 3;
  if (key >= 0x80) key += (bytes[at++]! - 1) << 7;
  if (bytes[at++] !== VARINT_VALUE_TAG) return false;
  let word = bytes[at++]!;
  if (word >= 0x80) word += (bytes[at++]! - 1) << 7;
  if (at !== limit || limit > reader.end || key >= 0x4000 || word >= 0x4000) return false;
  reader.pos = limit;
  const slot = slotOf((key >>> 1) ^ -(key & 1), slots, index);
  if (slot >= 0) placeWord(slots, slot, (word >>> 1) ^ -(word & 1));
  return true;
}

function readShortScalar(reader: WireReader, kind: number, slots: Slots, index: VocabularyIndex): boolean {
  const { bytes, pos } = reader;
  const limit = pos + 1 + bytes[pos]!;
  if (bytes[pos + 1] !== KEY_TAG || kind === MAP) return false;
  let key = bytes[pos + 2]!;
  let at = pos + 3;
  if (key >= 0x80) key += (bytes[at++]! - 1) << 7;
  const tag = bytes[at++];
  if (tag !== valueTags[kind] || limit > reader.end || key >= 0x4000) return false;
  const value = at;
  if (tag === VARINT_VALUE_TAG) while (bytes[at++]! >= 0x80);
  else if (tag === FIXED64_VALUE_TAG) at += 8;
  else at += 1 + bytes[at]!;
  // An integer has ten bytes at most.
  if (at !== limit || (tag === VARINT_VALUE_TAG && at - value > 10)) return false;
  const slot = slotOf((key >>> 1) ^ -(key & 1), slots, index);
  if (kind === TIMESTAMP || kind === DURATION) placeTime(reader, { kind, value }, slots, slot);
  else if (slot >= 0) slots.place(slot, kind, value, 0);
  reader.pos = limit;
  return true;
}

/** Reads an entry whose fields are missing, repeated, in another order or unknown. */
function readLooseEntry(
  reader: WireReader,
  { kind, limit }: { readonly kind: number; readonly limit: number },
  slots: Slots,
  index: VocabularyIndex,
): void {
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
  placeEntry(reader, { kind, key, value }, slots, index);
}

/** An entry that was found: `value` is where the bytes behind the value's tag start, -1 when there are none. */
interface Entry {
  readonly kind: number;
  readonly key: number;
  readonly value: number;
}

function placeEntry(reader: WireReader, { kind, key, value }: Entry, slots: Slots, index: VocabularyIndex): void {
  const slot = slotOf(key, slots, index);
  switch (kind) {
    case STRING:
      if (slot >= 0) placeWord(slots, slot, value < 0 ? 0 : readAt(reader, value));
      return;
    case MAP:
      placeMap(reader, value, slots, slot);
      return;
    case TIMESTAMP:
    case DURATION:
      placeTime(reader, { kind, value }, slots, slot);
      return;
  }
  if (slot >= 0) slots.place(slot, kind, value, 0);
}

/** The slot of an attribute's name; negative when there is no such word or the vocabulary does not know it. */
function slotOf(key: number, slots: Slots, index: VocabularyIndex): number {
  if (!slots.words.has(key)) {
    slots.broken++;
    return -1;
  }
  return key < 0 ? slots.words.slot(key, index.names) : index.globalSlots[key]!;
}

function placeWord(slots: Slots, slot: number, word: number): void {
  const known = slots.words.has(word);
  if (!known) slots.broken++;
  slots.place(slot, known ? STRING : STRING | BROKEN, word, 0);
}

function readAt(reader: WireReader, position: number): number {
  const end = reader.pos;
  reader.pos = position;
  const value = reader.sint32();
  reader.pos = end;
  return value;
}

function placeMap(reader: WireReader, value: number, slots: Slots, slot: number): void {
  const first = slots.pairCount;
  let whole = true;
  if (value >= 0) {
    reader.pos = value;
    const limit = reader.limit();
    const outer = reader.end;
    reader.end = limit;
    whole = readPairs(reader, slots);
    reader.end = outer;
  }
  if (slot < 0) {
    slots.pairCount = first;
    return;
  }
  if (!whole) slots.broken++;
  slots.place(slot, whole ? MAP : MAP | BROKEN, first, slots.pairCount);
}

/** Reads a StringMap up to the reader's end; false when one of its words does not exist. */
function readPairs(reader: WireReader, slots: Slots): boolean {
  const { words } = slots;
  let whole = true;
  while (reader.pos < reader.end) {
    const tag = reader.uint32();
    if (tag !== WORD_TAG) {
      reader.skip(tag);
      continue;
    }
    const limit = reader.limit();
    const outer = reader.end;
    let key = 0;
    let value = 0;
    reader.end = limit;
    while (reader.pos < limit) {
      const inner = reader.uint32();
      if (inner === KEY_TAG) key = reader.sint32();
      else if (inner === VARINT_VALUE_TAG) value = reader.sint32();
      else reader.skip(inner);
    }
    reader.end = outer;
    whole &&= words.has(key) && words.has(value);
    slots.addPair(key, value);
  }
  return whole;
}

function placeTime(
  reader: WireReader,
  { kind, value }: { readonly kind: number; readonly value: number },
  slots: Slots,
  slot: number,
): void {
  reader.pos = value;
  if (value < 0) timeParts.seconds = timeParts.nanos = 0;
  else readParts(reader, reader.limit());
  if (kind === TIMESTAMP) validateTimestamp();
  else validateDuration();
  if (slot >= 0) slots.placeTime(slot, kind, timeParts.seconds, timeParts.nanos);
}
