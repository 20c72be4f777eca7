import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Duration } from 'fairlead/sdk';
import { TokenBucket } from '../../../src/adapters/memquota/token-bucket.js';

const second = 1_000_000;

describe('TokenBucket', () => {
  test('is full at first and fills at an even pace', () => {
    const bucket = new TokenBucket(10n, Duration.fromSeconds(1));
    assert.equal(bucket.take(11n, 0, false), 0n);
    assert.equal(bucket.take(10n, 0, false), 10n);
    assert.equal(bucket.take(1n, 99_999, false), 0n);
    assert.equal(bucket.take(1n, 100_000, false), 1n);
    assert.equal(bucket.take(4n, 499_999, false), 0n);
    assert.equal(bucket.take(4n, 500_000, false), 4n);
  });

  test('takes the whole tokens that are there with best effort', () => {
    const bucket = new TokenBucket(10n, Duration.fromSeconds(1));
    assert.equal(bucket.take(15n, 0, true), 10n);
    assert.equal(bucket.take(15n, 0, true), 0n);
    assert.equal(bucket.take(15n, 370_000, true), 3n);
    // The part of a token that was there is still there.
    assert.equal(bucket.take(1n, 400_000, false), 1n);
  });

  test('never holds more than its capacity', () => {
    const bucket = new TokenBucket(10n, Duration.fromSeconds(1));
    bucket.take(1n, 0, false);
    assert.equal(bucket.take(100n, 3600 * second, true), 10n);
    assert.equal(bucket.give(100n, 3600 * second), 10n);
    assert.equal(bucket.take(100n, 3600 * second, true), 10n);
  });

  test('gives back the whole tokens that are missing', () => {
    const bucket = new TokenBucket(10n, Duration.fromSeconds(1));
    assert.equal(bucket.give(1n, 0), 0n);
    bucket.take(5n, 0, false);
    assert.equal(bucket.give(2n, 0), 2n);
    assert.equal(bucket.give(5n, 50_000), 2n, 'two and a half are missing');
    assert.equal(bucket.take(10n, 99_999, false), 0n);
    assert.equal(bucket.take(10n, 100_000, false), 10n);
  });

  test('does not drift: ten million tokens a week come one by one, each at its time', () => {
    const week = 7n * 24n * 3600n * 1_000_000n;
    const tokens = 9_999_991n;
    const bucket = new TokenBucket(tokens, Duration.fromSeconds(Number(week) / 1e6));
    assert.equal(bucket.take(tokens, 0, false), tokens);
    for (let nth = 1n; nth <= 200_000n; nth += 1n) {
      const due = Number((nth * week + tokens - 1n) / tokens);
      if (nth % 1000n === 0n) assert.equal(bucket.take(1n, due - 1, false), 0n, `token ${nth} is not early`);
      assert.equal(bucket.take(1n, due, false), 1n, `token ${nth} is there in time`);
    }
  });

  test('counts to the nanosecond in durations that are not whole microseconds', () => {
    const bucket = new TokenBucket(1n, Duration.fromNanos(1500n));
    assert.equal(bucket.take(1n, 0, false), 1n);
    assert.equal(bucket.take(1n, 1, false), 0n);
    assert.equal(bucket.take(1n, 2, false), 1n);
    assert.equal(bucket.take(1n, 3, false), 0n);
    assert.equal(bucket.take(1n, 4, false), 1n);
  });

  test('holds the largest capacity for the longest duration', () => {
    const max = 2n ** 63n - 1n;
    const bucket = new TokenBucket(max, Duration.fromNanos(max));
    assert.equal(bucket.take(max, 1, false), max);
    assert.equal(bucket.take(max, 2, true), 1000n);
    assert.equal(bucket.give(max, 2), max - 1000n + 1000n);
  });

  test('counts a time before an earlier one as that one', () => {
    const bucket = new TokenBucket(10n, Duration.fromSeconds(1));
    bucket.take(10n, 10 * second, false);
    assert.equal(bucket.take(1n, 5 * second, false), 0n);
    assert.equal(bucket.take(1n, 10 * second + 99_999, false), 0n);
    assert.equal(bucket.take(2n, 10 * second + 100_000, true), 1n);
  });

  test('is unused when it is full', () => {
    const bucket = new TokenBucket(10n, Duration.fromSeconds(1));
    assert.equal(bucket.isUnused(0), true);
    bucket.take(1n, 0, false);
    assert.equal(bucket.isUnused(99_999), false);
    assert.equal(bucket.isUnused(100_000), true);
  });

  test('has nothing to take when the limit is zero or negative', () => {
    for (const max of [0n, -3n]) {
      const bucket = new TokenBucket(max, Duration.fromSeconds(1));
      assert.equal(bucket.take(1n, 0, true), 0n);
      assert.equal(bucket.take(1n, 3600 * second, false), 0n);
      assert.equal(bucket.isUnused(0), true);
    }
  });
});
