import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bucketOf, computeBounds } from '../../../src/adapters/prometheus/buckets.js';

const none = { linearBuckets: undefined, exponentialBuckets: undefined, explicitBuckets: undefined };

describe('computeBounds()', () => {
  it('makes linear bounds', () => {
    const linearBuckets = { offset: 4, width: 1, numFiniteBuckets: 1 };
    assert.deepEqual(computeBounds({ ...none, linearBuckets }), [4, 5]);
  });

  it('makes exponential bounds', () => {
    const exponentialBuckets = { growthFactor: 3, numFiniteBuckets: 3, scale: 4 };
    assert.deepEqual(computeBounds({ ...none, exponentialBuckets }), [4, 12, 36, 108]);
  });

  it('leaves out an infinity that is named', () => {
    assert.deepEqual(computeBounds({ ...none, explicitBuckets: { bounds: [1, Infinity] } }), [1]);
  });

  it('has defaults', () => {
    assert.equal(computeBounds(undefined).length, 11);
    assert.equal(computeBounds({ ...none, explicitBuckets: { bounds: [] } }).length, 11);
  });
});

describe('bucketOf()', () => {
  for (const [value, want] of [
    [0, 0],
    [1, 0],
    [1.5, 1],
    [2, 1],
    [3, 2],
    [NaN, 2],
    [Infinity, 2],
    [-Infinity, 0],
  ] as const) {
    it(`puts ${value} into bucket ${want}`, () => assert.equal(bucketOf([1, 2], value), want));
  }
});
