import { WireReader } from '../../attributes/index.js';

/**
 * A reader of a sub-message that was sent in parts, given as pairs of start and end. Protobuf merges the parts, and the
 * merge of two messages is the concatenation of their bytes.
 */
export function concatRanges(bytes: Uint8Array, ranges: readonly number[]): WireReader {
  const [start = 0, end = 0] = ranges;
  if (ranges.length <= 2) return new WireReader(bytes, start, end);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < ranges.length; at += 2) parts.push(bytes.subarray(ranges[at], ranges[at + 1]));
  return new WireReader(Buffer.concat(parts));
}
