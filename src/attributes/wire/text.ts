import { copyRange, hashRange, isSameRange } from './byte-range.js';

/** Texts of up to this many bytes are looked up in the table of recent ones. */
const MAX_SHARED_LENGTH = 64;
const TABLE_SIZE = 4096;
const GUESSES = 64;

/** Node's own decoder of a byte range, without the checks of `toString`. Invalid UTF-8 becomes U+FFFD. */
const { utf8Slice } = Buffer.prototype as unknown as {
  utf8Slice: (this: DataView, from: number, to: number) => string;
};

const recentTexts: string[] = new Array<string>(TABLE_SIZE).fill('');
const recentLengths = new Uint8Array(TABLE_SIZE);
const recentBytes = new DataView(new ArrayBuffer(TABLE_SIZE * MAX_SHARED_LENGTH));
/** Where the texts at the first positions of a message were found the last time. */
const guesses = new Int32Array(GUESSES);

/**
 * The text of a byte range. Short texts come from a bounded table of recent ones: the words of a mesh's requests repeat,
 * finding one costs less than decoding it, and equal words become the same string, whose hash is computed once. Messages
 * of one sender mostly have the same word at the same `position`, so that place is tried first.
 */
export function textOf(view: DataView, from: number, to: number, position = 0): string {
  const length = to - from;
  if (length > MAX_SHARED_LENGTH) return utf8Slice.call(view, from, to);
  const guess = guesses[position & (GUESSES - 1)]!;
  if (isRecent(guess, view, from, length)) return recentTexts[guess]!;
  const place = hashRange(view, from, to) & (TABLE_SIZE - 1);
  guesses[position & (GUESSES - 1)] = place;
  if (isRecent(place, view, from, length)) return recentTexts[place]!;
  const text = utf8Slice.call(view, from, to);
  copyRange(view, from, recentBytes, place * MAX_SHARED_LENGTH, length);
  recentLengths[place] = length;
  recentTexts[place] = text;
  return text;
}

function isRecent(place: number, view: DataView, from: number, length: number): boolean {
  return recentLengths[place] === length && isSameRange(view, from, recentBytes, place * MAX_SHARED_LENGTH, length);
}
