/*
 * Hashing and comparing short byte ranges four bytes at a time: a range of at least four bytes is read in whole steps,
 * the last of which overlaps the one before it.
 */

/** A hash of a range, for tables that compare the bytes afterwards. */
export function hashRange(view: DataView, from: number, to: number): number {
  let hash = to - from;
  if (hash >= 4) {
    const last = to - 4;
    for (let at = from; at < last; at += 4) hash = Math.imul(hash ^ view.getInt32(at, true), 0x9e37_79b1);
    hash = Math.imul(hash ^ view.getInt32(last, true), 0x9e37_79b1);
  } else {
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ view.getUint8(at), 0x9e37_79b1);
  }
  return hash ^ (hash >>> 15);
}

/** True when `length` bytes are the same in both places. */
export function isSameRange(a: DataView, fromA: number, b: DataView, fromB: number, length: number): boolean {
  if (length < 4) {
    for (let i = 0; i < length; i++) if (a.getUint8(fromA + i) !== b.getUint8(fromB + i)) return false;
    return true;
  }
  const last = length - 4;
  for (let i = 0; i < last; i += 4) if (a.getInt32(fromA + i, true) !== b.getInt32(fromB + i, true)) return false;
  return a.getInt32(fromA + last, true) === b.getInt32(fromB + last, true);
}

/** A view over the same bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
