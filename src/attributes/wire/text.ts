import { hashRange, isSameRange } from './byte-range.js';

/** Texts of up to this many bytes are looked up in the table of recent ones. */
const MAX_SHARED_LENGTH = 64;
const TABLE_SIZE = 4096;

/** Node's own decoder of a byte range, without the checks of `toString`. Invalid UTF-8 becomes U+FFFD. */
const { utf8Slice } = Buffer.prototype as unknown as {
  utf8Slice: (this: DataView, from: number, to: number) => string;
};

const recentTexts: string[] = new Array<string>(TABLE_SIZE).fill('');
const recentLengths = new Uint8Array(TABLE_SIZE);
const recentBytes = new DataView(new ArrayBuffer(TABLE_SIZE * MAX_SHARED_LENGTH));

/**
 * The text of a byte range. Short texts come from a bounded table of recent ones: the words of a mesh's requests repeat,
 * finding one costs less than decoding it, and equal words become the same string, whose hash is computed once.
 */
export function textOf(view: DataView, from: number, to: number): string {
  const length = to - from;
  if (length > MAX_SHARED_LENGTH) return utf8Slice.call(view, from, to);
  const place = hashRange(view, from, to) & (TABLE_SIZE - 1);
  const base = place * MAX_SHARED_LENGTH;
  if (recentLengths[place] === length && isSameRange(view, from, recentBytes, base, length)) return recentTexts[place]!;
  const text = utf8Slice.call(view, from, to);
  for (let i = 0; i < length; i++) recentBytes.setUint8(base + i, view.getUint8(from + i));
  recentLengths[place] = length;
  recentTexts[place] = text;
  return text;
}
