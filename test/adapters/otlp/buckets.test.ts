import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bucketOf, computeBounds, findBucketsProblem } from '../../../src/adapters/otlp/buckets.js';
import type { BucketsConfig } from '../../../src/adapters/otlp/config.js';

const none = { linearBuckets: undefined, exponentialBuckets: undefined, explicitBuckets: undefined };
const linear = (numFiniteBuckets: number, width: number, offset: number): BucketsConfig => ({
  ...none,
  linearBuckets: { numFiniteBuckets, width, offset },
});
const exponential = (numFiniteBuckets: number, growthFactor: number, scale: number): BucketsConfig => ({
  ...none,
  exponentialBuckets: { numFiniteBuckets, growthFactor, scale },
});
const explicit = (...bounds: number[]): BucketsConfig => ({ ...none, explicitBuckets: { bounds } });

test('bounds are those of the prometheus adapter', () => {
  assert.deepEqual(computeBounds(linear(1, 1, 4)), [4, 5]);
  assert.deepEqual(computeBounds(exponential(3, 3, 4)), [4, 12, 36, 108]);
  assert.deepEqual(computeBounds(explicit(1, 2)), [1, 2]);
  assert.equal(computeBounds(undefined).length, 11);
  assert.equal(computeBounds(explicit()).length, 11);
});

test('bounds that do not increase, are not finite or too many are a problem', () => {
  for (const bad of [
    linear(1, 0, 1),
    linear(-1, 1, 1),
    linear(2e9, 1, 1),
    exponential(2, 1, 1),
    exponential(900, 10, 1),
    explicit(2, 1),
    explicit(NaN),
    explicit(1, Infinity),
  ]) {
    assert.ok(findBucketsProblem(bad));
  }
  for (const good of [linear(0, 1, 1), exponential(3, 2, 0.1), explicit(-1, 0, 1)]) {
    assert.equal(findBucketsProblem(good), undefined);
  }
});

test('a value on a bound belongs below it', () => {
  const bounds = [0.1, 1];
  assert.deepEqual(
    [-1, 0.1, 0.2, 1, 1.1].map((value) => bucketOf(bounds, value)),
    [0, 0, 1, 1, 2],
  );
  assert.equal(bucketOf([], 5), 0);
});
