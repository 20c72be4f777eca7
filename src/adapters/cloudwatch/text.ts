const unfit = /[^\x20-\x7e]/g;
/** Halves of characters, which UTF-8 has none of. */
const half = /\p{Cs}/gu;
const cutMark = '[Truncated...]';

/**
 * A text as the value of a dimension: ASCII without control characters, 1 to 1024 of them, not all blank. Others become
 * `?`, the rest is cut off. Undefined when nothing is left. A request whose labels are odd still counts.
 */
export function fitDimension(text: string): string | undefined {
  const fitting = text.slice(0, 1024).replace(unfit, '?');
  return fitting.trim() === '' ? undefined : fitting;
}

/** A text of at most so many bytes of UTF-8, marked at its end when something is missing. */
export function cutToBytes(text: string, max: number): string {
  // A character of UTF-16 takes 1 to 3 bytes.
  if (text.length * 3 <= max || (text.length <= max && Buffer.byteLength(text) <= max)) {
    return text.replace(half, '\ufffd');
  }
  const room = max - cutMark.length;
  const bytes = Buffer.from(text.slice(0, room));
  let end = Math.min(room, bytes.length);
  // Back to where a character begins.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end) + cutMark;
}
