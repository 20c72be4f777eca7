import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Duration, Timestamp, type Value } from 'fairlead/sdk';
import { addAmounts, measure } from '../../../src/adapters/otlp/measure.js';

test('numbers, durations and texts that read as numbers can be measured', () => {
  const rows: readonly (readonly [Value, bigint | number])[] = [
    [2n ** 62n, 2n ** 62n],
    [1.5, 1.5],
    [Duration.fromMillis(1500), 1.5],
    ['12', 12n],
    ['+3', 3n],
    ['-1.5e3', -1500],
    ['.5', 0.5],
  ];
  for (const [value, amount] of rows) assert.equal(measure(value), amount);
});

test('all else cannot', () => {
  const values = [undefined, true, '', 'abc', '0x10', '1 ', new Timestamp(0, 0), new Map(), Uint8Array.of(1)];
  for (const value of [...values, '1'.repeat(2 ** 20)]) assert.equal(measure(value), undefined);
});

test('integers add up exactly until they leave 64 bits', () => {
  assert.equal(addAmounts(2n ** 53n, 1n), 9_007_199_254_740_993n);
  assert.equal(addAmounts(1n, 0.5), 1.5);
  assert.equal(addAmounts(2n ** 63n - 1n, 1n), 2 ** 63);
});
