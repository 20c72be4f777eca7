import { hashRange, lastBytes } from './byte-range.js';

/** Texts of up to this many bytes are looked up in the table of recent ones. */
const MAX_SHARED_LENGTH = 60;
const TABLE_SIZE = 4096;
/** A row of the table of bytes: 60 bytes as 15 numbers, and behind them the text's last bytes. */
const ROW = 16;
const LAST = 15;

/** Node's own decoder of a byte range, without the checks of `toString`. Invalid UTF-8 becomes U+FFFD. */
const { utf8Slice } = Buffer.prototype as unknown as {
  utf8Slice: (this: DataView, from: number, to: number) => string;
};

const recentTexts: string[] = new Array<string>(TABLE_SIZE).fill('');
const recentLengths = new Uint8Array(TABLE_SIZE);
const recentBytes = new Int32Array(TABLE_SIZE * ROW);

/**
 * The text of a byte range. Short texts come from a bounded table of recent ones: the words of a mesh's requests repeat,
 * finding one costs less than decoding it, and equal words become the same string, whose hash is computed once.
 */
export function textOf(view: DataView, from: number, to: number): string {
  const length = to - from;
  if (length > MAX_SHARED_LENGTH) return utf8Slice.call(view, from, to);
  const place = hashRange(view, from, to) & (TABLE_SIZE - 1);
  if (recentLengths[place] === length && isRecent(place, view, from, length)) return recentTexts[place]!;
  const text = utf8Slice.call(view, from, to);
  recentTexts[place] = text;
  recentLengths[place] = length;
  const row = place * ROW;
  for (let i = 0; i < length >> 2; i++) recentBytes[row + i] = view.getInt32(from + i * 4, true);
  recentBytes[row + LAST] = lastBytes(view, from, length);
  return text;
}

/** True when the bytes of a place are these, given that there are as many. */
function isRecent(place: number, view: DataView, from: number, length: number): boolean {
  const row = place * ROW;
  if (recentBytes[row + LAST] !== lastBytes(view, from, length)) return false;
  for (let i = 0; i < length >> 2; i++) if (recentBytes[row + i] !== view.getInt32(from + i * 4, true)) return false;
  return true;
}
