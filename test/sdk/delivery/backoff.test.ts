import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Backoff } from '../../../src/sdk/delivery/backoff.js';

const create = (random = () => 1) => new Backoff({ firstMillis: 100, maxMillis: 1000, random });

describe('Backoff', () => {
  it('doubles up to its maximum', () => {
    const backoff = create();
    assert.deepEqual(
      [1, 2, 3, 4, 5, 999].map((failed) => backoff.millis(failed)),
      [100, 200, 400, 800, 1000, 1000],
    );
  });

  it('takes its share by chance, and never less than was asked for', () => {
    const backoff = create(() => 0.5);
    assert.deepEqual([backoff.millis(1), backoff.millis(1, 70), backoff.millis(1, 20)], [50, 70, 50]);
  });

  it('waits the longest time once the budget is used up, until batches have earned more', () => {
    const backoff = create(() => 0);
    for (let retry = 0; retry < 10; retry += 1) assert.equal(backoff.millis(1), 0);
    assert.deepEqual([backoff.millis(1), backoff.millis(1, 5000)], [1000, 5000]);
    for (let batch = 0; batch < 6; batch += 1) backoff.sent();
    assert.deepEqual([backoff.millis(1), backoff.millis(1)], [0, 1000]);
  });
});
