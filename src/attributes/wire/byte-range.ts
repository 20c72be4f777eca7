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

/** The last four bytes of a range as one number; all of a shorter one. */
export function lastBytes(view: DataView, from: number, length: number): number {
  if (length >= 4) return view.getInt32(from + length - 4, true);
  let bytes = 0;
  for (let i = 0; i < length; i++) bytes = (bytes << 8) | view.getUint8(from + i);
  return bytes;
}

let lastView: DataView = new DataView(new ArrayBuffer(0));

/**
 * A view over a whole buffer. The last one is kept: Node cuts small messages from a common buffer, and making a view costs
 * more than reading a few words through it.
 */
export function viewOf(buffer: ArrayBufferLike): DataView {
  if (lastView.buffer !== buffer) lastView = new DataView(buffer);
  return lastView;
}
