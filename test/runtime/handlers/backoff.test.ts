import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { backoffMillis } from '../../../src/runtime/handlers/backoff.js';

describe('backoffMillis', () => {
  it('doubles up to a minute', () => {
    const full = [1, 2, 3, 6, 7, 8, 1000].map((attempt) => backoffMillis(attempt, () => 1));
    assert.deepEqual(full, [1000, 2000, 4000, 32_000, 60_000, 60_000, 60_000]);
  });

  it('spreads over the upper half', () => {
    assert.equal(backoffMillis(1, () => 0), 500); // prettier-ignore
    assert.equal(backoffMillis(2, () => 0.5), 1500); // prettier-ignore
  });
});
