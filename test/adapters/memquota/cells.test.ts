import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Duration } from 'fairlead/sdk';
import { Cells } from '../../../src/adapters/memquota/cells.js';
import { FixedWindow } from '../../../src/adapters/memquota/fixed-window.js';
import { Holding } from '../../../src/adapters/memquota/holding.js';
import { RollingWindow } from '../../../src/adapters/memquota/rolling-window.js';
import { TokenBucket } from '../../../src/adapters/memquota/token-bucket.js';

const tick = 100_000;
const second = Duration.fromSeconds(1);
const rolling = { createCell: () => new RollingWindow({ max: 5n, validDuration: second, tick }) };
const fixed = { createCell: () => new FixedWindow(5n, second) };
const bucket = { createCell: () => new TokenBucket(5n, second) };
const allocation = { createCell: () => new Holding(5n) };

describe('Cells', () => {
  test('keep the limit of their first use', () => {
    const cells = new Cells();
    const cell = cells.open('a', rolling);
    assert.equal(cells.open('a', allocation), cell);
  });

  test('are swept away once their grants have expired', () => {
    const cells = new Cells();
    for (let caller = 0; caller < 100; caller += 1) cells.open(`${caller}`, rolling).take(1n, caller * tick, false);
    cells.sweep(50 * tick);
    // Ticks 0 to 39 ended ten ticks ago.
    assert.equal(cells.size, 60);
    cells.sweep(110 * tick - 1);
    assert.equal(cells.size, 1);
    cells.sweep(110 * tick);
    assert.equal(cells.size, 0);
  });

  test('are swept away once their bucket is full or their window has ended', () => {
    const cells = new Cells();
    cells.open('full in a fifth', bucket).take(1n, 0, false);
    cells.open('full in a second', bucket).take(5n, 0, false);
    cells.open('window', fixed).take(1n, 0, false);
    cells.sweep(2 * tick - 1);
    assert.equal(cells.size, 3);
    cells.sweep(2 * tick);
    assert.equal(cells.size, 2);
    cells.sweep(10 * tick);
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
    for (let caller = 0; caller < 25_000; caller += 1) cells.open(`${caller}`, rolling);
    cells.sweep(0);
    assert.equal(cells.size, 15_000);
    cells.sweep(0);
    cells.sweep(0);
    assert.equal(cells.size, 0);
    cells.open('later', rolling);
    cells.sweep(0);
    cells.sweep(0);
    assert.equal(cells.size, 0);
  });
});
