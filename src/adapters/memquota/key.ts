import { stringify } from 'fairlead/sdk';
import type { Dimensions } from './limits.js';

/** Turns dimensions into the key of their cell: different values never give the same key. */
export type MakeKey = (dimensions: Dimensions) => string;

/**
 * Makes keys from the values of these dimensions, in sorted order so that a configuration that only reorders them
 * counts on. Each value is preceded by its length: no value can pretend to be two.
 */
export function createKeyMaker(names: readonly string[]): MakeKey {
  const sorted = [...names].sort();
  return (dimensions) => {
    let key = '';
    for (const name of sorted) {
      const text = stringify(dimensions[name]);
      key += `${text.length}:${text}`;
    }
    return key;
  };
}
