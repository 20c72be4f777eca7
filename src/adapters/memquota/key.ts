import { createHash } from 'node:crypto';
import { Duration, stringify, Timestamp, type Value } from 'fairlead/sdk';
import { KeyMemo } from './key-memo.js';
import type { Dimensions } from './limits.js';

/** Turns dimensions into the key of their cell: different values never give the same key. */
export type MakeKey = (dimensions: Dimensions) => string;

// A caller's megabytes are not worth remembering as long as what they were granted.
const longestKey = 512;

/**
 * Makes keys from the values of these dimensions, in sorted order so that a configuration that only reorders them
 * counts on. Each value is preceded by its type and its length: no value can pretend to be two, or of another type.
 * Only the two forms of an IPv4 address are one value.
 */
export function createKeyMaker(names: readonly string[]): MakeKey {
  const sorted = [...names].sort();
  const memo = new KeyMemo(sorted);
  return (dimensions) => {
    const known = memo.get(dimensions);
    if (known !== undefined) return known;
    let key = '';
    for (const name of sorted) key += keyOf(dimensions[name]);
    if (key.length > longestKey) return digestOf(key);
    memo.add(dimensions, key);
    return key;
  };
}

/** All other keys start with a letter. */
function digestOf(key: string): string {
  return `#${createHash('sha256').update(key, 'utf16le').digest('base64')}`;
}

function keyOf(value: Value | undefined): string {
  switch (typeof value) {
    case 'undefined':
      return 'u';
    case 'boolean':
      return value ? 't' : 'f';
    case 'string':
      return tagged('s', value);
    case 'bigint':
      return tagged('i', stringify(value));
    case 'number':
      return tagged('n', stringify(value));
    default:
      return objectKeyOf(value);
  }
}

function objectKeyOf(value: Exclude<Value, string | bigint | number | boolean>): string {
  if (value instanceof Uint8Array) return tagged('a', stringify(value));
  // Not as text: that is only exact to the microsecond.
  if (value instanceof Timestamp) return tagged('T', `${value.seconds}.${value.nanos}`);
  if (value instanceof Duration) return tagged('D', `${value.seconds}.${value.nanos}`);
  let entries = '';
  for (const [key, text] of Array.from(value.entries()).sort(byKey)) entries += tagged('k', key) + tagged('v', text);
  return tagged('m', entries);
}

function tagged(tag: string, text: string): string {
  return `${tag}${text.length}:${text}`;
}

function byKey([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
