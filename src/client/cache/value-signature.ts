import { Duration, Timestamp, type Value } from '../../attributes/index.js';

/**
 * A text that two values share only if they are the same: of one type, equal in every part. A map's does not depend on
 * the order of its keys.
 */
export function signatureOf(value: Value): string {
  if (typeof value === 'string') return textSignature(value);
  if (typeof value === 'bigint') return `i${value};`;
  if (typeof value === 'number') return Object.is(value, -0) ? 'd-0;' : `d${value};`;
  if (typeof value === 'boolean') return value ? 't;' : 'f;';
  if (value instanceof Timestamp) return `T${value.seconds}.${value.nanos};`;
  if (value instanceof Duration) return `D${value.seconds}.${value.nanos};`;
  if (value instanceof Uint8Array) return `b${Buffer.from(value).toString('hex')};`;
  const pairs = [...value.entries()].map(([key, text]) => textSignature(key) + textSignature(text));
  return `m${pairs.length}:${pairs.sort().join('')}`;
}

/** The signature of a string: its length says where it ends, whatever it contains. */
export function textSignature(text: string): string {
  return `s${text.length}:${text}`;
}
