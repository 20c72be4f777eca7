import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Duration } from 'fairlead/sdk';
import { Cells } from '../../../src/adapters/memquota/cells.js';

const rate = { maxAmount: 5n, validDuration: Duration.fromSeconds(1), windowTicks: 10 };
const allocation = { maxAmount: 5n, validDuration: Duration.zero, windowTicks: 0 };

describe('Cells', () => {
  test('keep the limit of their first use', () => {
    const cells = new Cells();
    const cell = cells.open('a', rate);
    assert.equal(cells.open('a', { ...rate, maxAmount: 1n }), cell);
    assert.equal(cell.take(5n, 0, false), 5n);
  });

  test('are swept away once their grants have expired', () => {
    const cells = new Cells();
    for (let caller = 0; caller < 100; caller += 1) cells.open(`${caller}`, rate).take(1n, caller, false);
    cells.sweep(50);
    // Ticks 0 to 40 are ten ticks ago.
    assert.equal(cells.size, 59);
    cells.sweep(109);
    assert.equal(cells.size, 0);
  });

  test('are kept by a sweep while something is held', () => {
    const cells = new Cells();
    cells.open('held', allocation).take(1n, 0, false);
    cells.open('refused', allocation).take(6n, 0, false);
    cells.sweep(1_000_000);
    assert.equal(cells.size, 1);
    assert.equal(cells.get('held')?.give(1n, 0), 1n);
    cells.dropUnused('held', 0);
    assert.equal(cells.size, 0);
  });

  test('are swept in shares, all of them within ten sweeps', () => {
    const cells = new Cells();
    for (let caller = 0; caller < 25_000; caller += 1) cells.open(`${caller}`, rate);
    cells.sweep(0);
    assert.equal(cells.size, 15_000);
    cells.sweep(0);
    cells.sweep(0);
    assert.equal(cells.size, 0);
    cells.open('later', rate);
    cells.sweep(0);
    cells.sweep(0);
    assert.equal(cells.size, 0);
  });
});
