import { WireReader } from '../../attributes/index.js';

/** Appends a part to the pairs of start and end that {@link readRanges} takes. */
export function addRange(ranges: readonly number[] | undefined, start: number, end: number): readonly number[] {
  // An array that is grown has room for many more, and nearly every message has one part.
  return ranges === undefined ? [start, end] : [...ranges, start, end];
}

/**
 * A reader of a sub-message that was sent in parts, given as pairs of start and end. Protobuf merges the parts, and the
 * merge of two messages is the concatenation of their bytes. For a single part it is the same reader, set to it.
 */
export function readRanges(reader: WireReader, ranges: readonly number[] = []): WireReader {
  if (ranges.length <= 2) {
    reader.pos = ranges[0] ?? 0;
    reader.end = ranges[1] ?? 0;
    return reader;
  }
  const parts: Uint8Array[] = [];
  for (let at = 0; at < ranges.length; at += 2) parts.push(reader.bytes.subarray(ranges[at], ranges[at + 1]));
  return new WireReader(Buffer.concat(parts));
}
