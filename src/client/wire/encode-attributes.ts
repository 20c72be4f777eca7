import { Duration, type StringMap, Timestamp, type Value, type WireWriter } from '../../attributes/index.js';
import type { AttributeSet } from '../transport.js';
import type { MessageWords } from './message-words.js';

const STRINGS = 2;
const INT64S = 3;
const DOUBLES = 4;
const BOOLS = 5;
const TIMESTAMPS = 6;
const DURATIONS = 7;
const BYTES = 8;
const STRING_MAPS = 9;
/** Fields of every map entry. */
const KEY = 1;
const VALUE = 2;

/** Headers whose value is another one in each request: to look for it among the words costs more than it saves. */
const unique: ReadonlySet<string> = new Set([
  ...['x-request-id', 'x-b3-traceid', 'x-b3-spanid', 'x-b3-parentspanid', 'b3', 'traceparent'],
]);

const double = Buffer.alloc(9);
double[0] = (VALUE << 3) | 1;

/**
 * Writes the fields of a CompressedAttributes but its words, which the caller writes when it knows them all. The writer
 * goes back to front, so that words written after this come before it.
 */
export function writeAttributes(writer: WireWriter, attributes: AttributeSet, words: MessageWords): void {
  for (const [name, value] of attributes) {
    const key = words.indexOf(name);
    const mark = writer.mark;
    const field = writeValue(writer, value, words);
    writer.sint32(KEY, key);
    writer.close(field, mark);
  }
}

/** Writes words as a repeated field, in their order. */
export function writeWords(writer: WireWriter, field: number, words: readonly string[]): void {
  for (let at = words.length - 1; at >= 0; at--) writer.element(field, words[at]!);
}

/** Writes the value of an entry; returns the field of the map it belongs to. */
function writeValue(writer: WireWriter, value: Value, words: MessageWords): number {
  switch (typeof value) {
    case 'string':
      writer.sint32(VALUE, words.indexOf(value));
      return STRINGS;
    case 'bigint':
      writer.int64(VALUE, value);
      return INT64S;
    case 'number':
      double.writeDoubleLE(value, 1);
      writer.raw(double);
      return DOUBLES;
    case 'boolean':
      writer.uint32(VALUE, value ? 1 : 0);
      return BOOLS;
    default:
      return writeObject(writer, value, words);
  }
}

function writeObject(
  writer: WireWriter,
  value: Timestamp | Duration | Uint8Array | StringMap,
  words: MessageWords,
): number {
  if (value instanceof Uint8Array) {
    writer.bytes(VALUE, value);
    return BYTES;
  }
  const mark = writer.mark;
  let field = STRING_MAPS;
  if (value instanceof Timestamp || value instanceof Duration) {
    writer.int32(2, value.nanos);
    writer.int64(1, BigInt(value.seconds));
    field = value instanceof Timestamp ? TIMESTAMPS : DURATIONS;
  } else writeEntries(writer, value, words);
  writer.close(VALUE, mark);
  return field;
}

function writeEntries(writer: WireWriter, map: StringMap, words: MessageWords): void {
  for (const [key, text] of map.entries()) {
    const mark = writer.mark;
    const index = words.indexOf(key);
    writer.sint32(VALUE, unique.has(key) ? words.add(text) : words.indexOf(text));
    writer.sint32(KEY, index);
    writer.close(1, mark);
  }
}
