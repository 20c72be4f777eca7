import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { sortInSteps } from '../../../src/adapters/listchecker/sort.js';
import { atOnce } from '../../../src/adapters/listchecker/steps.js';

const lengths = [0, 1, 8191, 8192, 8193, 16_384, 16_385, 3 * 8192, 5 * 8192 + 7, 100_000];
const times = (most: number) => (_: number, index: number) => (Math.imul(index + 1, 0x9e3779b1) >>> 0) % most;

describe('sortInSteps()', () => {
  test('sorts numbers by size, whatever their number', () => {
    for (const length of lengths) {
      for (const most of [10, 2 ** 31]) {
        const numbers = new Float64Array(length).map(times(most));
        assert.deepEqual(atOnce(sortInSteps(numbers.slice())), numbers.slice().sort(), `${length} below ${most}`);
      }
    }
  });

  test('sorts by what it is told', () => {
    const down = (a: number, b: number): number => b - a;
    for (const length of lengths) {
      const numbers = new Uint32Array(length).map(times(2 ** 31));
      assert.deepEqual(atOnce(sortInSteps(numbers.slice(), down)), numbers.slice().sort(down), String(length));
    }
  });

  test('sorts any lengths', () => {
    fc.assert(
      fc.property(fc.nat(60_000), (length) => {
        const numbers = new Float64Array(length).map(times(1e9));
        assert.deepEqual(atOnce(sortInSteps(numbers.slice())), numbers.slice().sort());
      }),
      { numRuns: 20 },
    );
  });
});
