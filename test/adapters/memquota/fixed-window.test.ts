import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Duration } from 'fairlead/sdk';
import { FixedWindow } from '../../../src/adapters/memquota/fixed-window.js';

const second = 1_000_000;

describe('FixedWindow of 10 in 10 seconds', () => {
  /** Amount, second, taken, seconds of validity: the table of adapters.md 8. */
  function run(bestEffort: boolean, rows: readonly (readonly [bigint, number, bigint, number])[]): void {
    const window = new FixedWindow(10n, Duration.fromSeconds(10));
    for (const [amount, at, taken, validity] of rows) {
      assert.equal(window.take(amount, at * second, bestEffort), taken, `${amount} at ${at}`);
      assert.equal(window.validity(at * second).toSeconds(), validity, `validity at ${at}`);
    }
  }

  test('starts with a request and ends ten seconds later', () => {
    run(false, [
      [3n, 1, 3n, 10],
      [3n, 2, 3n, 9],
      [3n, 3, 3n, 8],
      [3n, 4, 0n, 7],
      [1n, 5, 1n, 6],
      [3n, 6, 0n, 5],
      [3n, 10, 0n, 1],
      [3n, 11, 3n, 10],
      [8n, 12, 0n, 9],
      [7n, 13, 7n, 8],
      [3n, 14, 0n, 7],
      [10n, 30, 10n, 10],
      [10n, 31, 0n, 9],
    ]);
  });

  test('takes what is left with best effort', () => {
    run(true, [
      [3n, 1, 3n, 10],
      [8n, 2, 7n, 9],
      [3n, 3, 0n, 8],
      [12n, 21, 10n, 10],
      [1n, 22, 0n, 9],
    ]);
  });

  test('gives back what was taken in the window, and nothing after it', () => {
    const window = new FixedWindow(10n, Duration.fromSeconds(10));
    assert.equal(window.give(1n, 0), 0n);
    window.take(6n, 0, false);
    assert.equal(window.give(2n, second), 2n);
    assert.equal(window.take(7n, 2 * second, false), 0n);
    assert.equal(window.take(6n, 2 * second, false), 6n);
    assert.equal(window.give(100n, 3 * second), 10n);
    assert.equal(window.give(1n, 3 * second), 0n);
    window.take(5n, 4 * second, false);
    assert.equal(window.give(5n, 10 * second), 0n);
  });

  test('is unused when it has ended', () => {
    const window = new FixedWindow(10n, Duration.fromSeconds(10));
    assert.equal(window.isUnused(0), true);
    window.take(1n, 0, false);
    assert.equal(window.isUnused(10 * second - 1), false);
    assert.equal(window.isUnused(10 * second), true);
  });

  test('has nothing to take when the limit is negative', () => {
    assert.equal(new FixedWindow(-1n, Duration.fromSeconds(1)).take(1n, 0, true), 0n);
  });
});
