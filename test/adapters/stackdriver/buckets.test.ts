import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { boundsOf, bucketOf } from '../../../src/adapters/stackdriver/buckets.js';
import type { BucketsConfig } from '../../../src/adapters/stackdriver/config.js';

const none = { linearBuckets: undefined, exponentialBuckets: undefined, explicitBuckets: undefined };
const linear = (offset: number, width: number, numFiniteBuckets: number): BucketsConfig => ({
  ...none,
  linearBuckets: { offset, width, numFiniteBuckets },
});
const exponential = (scale: number, growthFactor: number, numFiniteBuckets: number): BucketsConfig => ({
  ...none,
  exponentialBuckets: { scale, growthFactor, numFiniteBuckets },
});
const explicit = (...bounds: readonly number[]): BucketsConfig => ({ ...none, explicitBuckets: { bounds } });

// adapters.md 8
const rows: readonly (readonly [string, BucketsConfig, readonly (readonly [value: number, index: number])[]])[] = [
  ['linear, three', linear(10, 1, 3), [[0, 0], [10, 1], [11, 2], [12, 3], [13, 4]]], // prettier-ignore
  ['linear, one', linear(10, 1, 1), [[17, 2]]],
  ['exponential, three', exponential(10, 10, 3), [[100, 2], [10, 1], [1000, 3]]], // prettier-ignore
  ['exponential, one', exponential(10, 2, 1), [[0, 0], [20, 2], [200, 2]]], // prettier-ignore
  ['explicit, two', explicit(1, 2), [[0, 0], [1, 1], [2, 2], [3, 2]]], // prettier-ignore
  ['explicit, one', explicit(10), [[9, 0], [10, 1], [11, 1]]], // prettier-ignore
  ['negative values', linear(0, 1, 2), [[-1e300, 0], [-0, 1], [0.5, 1], [1e300, 3]]], // prettier-ignore
];

describe('bucketOf()', () => {
  for (const [title, buckets, expected] of rows) {
    it(`counts underflow, finite buckets and overflow: ${title}`, () => {
      const bounds = boundsOf(buckets);
      for (const [value, index] of expected) assert.equal(bucketOf(bounds, value), index, String(value));
    });
  }
});
