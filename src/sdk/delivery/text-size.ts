/**
 * What a text holds in memory or takes on the wire, whichever is more, in bytes: for `sizeOf`. One character beyond
 * Latin-1, which any request may bring along, makes each of them take two bytes in memory.
 */
export function textSize(text: string): number {
  const bytes = Buffer.byteLength(text);
  return bytes === text.length ? bytes : Math.max(bytes, 2 * text.length);
}
