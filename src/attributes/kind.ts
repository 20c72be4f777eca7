import { Duration, Timestamp, type Value } from './value.js';

/*
 * What a bag's slot holds: a kind, numbered in the order in which Mixer probes its typed maps when one name sits in
 * several (mixer-core.md 1.5), and flags. Plain constants rather than an enum object: they are compared on every read.
 */
export const STRING = 1;
export const MAP = 2;
export const INT64 = 3;
export const DOUBLE = 4;
export const BOOL = 5;
export const TIMESTAMP = 6;
export const DURATION = 7;
export const BYTES = 8;

/** Takes the kind out of a state. */
export const KIND_MASK = 0x0f;
/** The value is materialised. */
export const READY = 0x10;
/** The value was generated: reading it leaves no reference. */
export const OVERLAID = 0x20;
/** The value names a word that there is not: it reads as absent. */
export const BROKEN = 0x40;

/** The kind of a JavaScript value. */
export function kindOf(value: Value): number {
  if (typeof value === 'string') return STRING;
  if (typeof value === 'bigint') return INT64;
  if (typeof value === 'number') return DOUBLE;
  if (typeof value === 'boolean') return BOOL;
  if (value instanceof Timestamp) return TIMESTAMP;
  if (value instanceof Duration) return DURATION;
  return value instanceof Uint8Array ? BYTES : MAP;
}
