import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Holding } from '../../../src/adapters/memquota/holding.js';

describe('Holding', () => {
  test('holds until it is given back', () => {
    const cell = new Holding(10n);
    assert.equal(cell.take(8n, 0, false), 8n);
    assert.equal(cell.take(3n, 1_000_000, false), 0n);
    assert.equal(cell.take(3n, 0, true), 2n);
    assert.equal(cell.isUnused(), false);
    assert.equal(cell.give(4n), 4n);
    assert.equal(cell.give(100n), 6n);
    assert.equal(cell.isUnused(), true);
  });

  test('has nothing to take when the limit is negative', () => {
    const cell = new Holding(-1n);
    assert.equal(cell.take(1n, 0, true), 0n);
    assert.equal(cell.take(1n, 0, false), 0n);
  });
});
