import { cutText } from 'fairlead/sdk/tracing';

const lone = /\p{Surrogate}/gu;

/** A text that the APIs take: not longer than that, and without halves of characters, for which they refuse a whole batch. */
export function cleanText(text: string, length: number): string {
  return cutText(text, length).replace(lone, '');
}

/** A text of at most so many bytes of UTF-8, and how many were cut off: Cloud Trace counts in bytes. */
export function truncate(
  text: string,
  maxBytes: number,
): { readonly value: string; readonly truncatedByteCount: number } {
  // No character has fewer bytes than UTF-16 code units, so the rest of a long text need not be looked at.
  const clean = text.replace(lone, '');
  const size = Buffer.byteLength(clean);
  if (size <= maxBytes) return { value: clean, truncatedByteCount: 0 };
  const bytes = Buffer.from(clean.slice(0, maxBytes));
  let end = Math.min(maxBytes, bytes.length);
  // 10xxxxxx is the middle of a character.
  while (end > 0 && end < bytes.length && (bytes[end]! & 0xc0) === 0x80) end -= 1;
  return { value: bytes.toString('utf8', 0, end), truncatedByteCount: size - end };
}
