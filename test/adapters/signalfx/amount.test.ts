import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { integerOf, numberOf } from '../../../src/adapters/signalfx/amount.js';
import { Duration, Timestamp, type Value } from '../../../src/sdk/index.js';

const cases: readonly (readonly [value: Value | undefined, integer: bigint | undefined, number: number | undefined])[] =
  [
    [7n, 7n, 7],
    [2n ** 62n + 1n, 2n ** 62n + 1n, 2 ** 62],
    [-1.9, -1n, -1.9],
    [1e300, undefined, 1e300],
    [NaN, undefined, undefined],
    [-Infinity, undefined, undefined],
    [true, 1n, 1],
    [false, 0n, 0],
    [new Timestamp(1_767_225_600, 900_000_000), 1_767_225_600n, 1_767_225_600],
    [new Timestamp(-62_167_219_200, 0), -62_167_219_200n, -62_167_219_200],
    [Duration.fromMillis(1.5), 1_500_000n, 1_500_000],
    ['7', undefined, undefined],
    [Uint8Array.of(1, 2, 3, 4), undefined, undefined],
    [undefined, undefined, undefined],
  ];

describe('amounts', () => {
  for (const [row, [value, integer, number]] of cases.entries()) {
    it(`are ${String(integer)} and ${String(number)} for the value of row ${row}`, () => {
      assert.deepEqual([integerOf(value), numberOf(value)], [integer, number]);
    });
  }
});
