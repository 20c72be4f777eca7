import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Duration, stringify, Timestamp, type Value } from 'fairlead/sdk';
import type { Unit } from '../../../src/adapters/cloudwatch/config.js';
import { numberOf } from '../../../src/adapters/cloudwatch/number.js';

describe('numberOf()', () => {
  const minute = Duration.fromSeconds(60);
  const cases: readonly (readonly [value: Value | undefined, unit: Unit, number: number | undefined])[] = [
    [minute, 'None', 60_000],
    [minute, 'Seconds', 60],
    [minute, 'Milliseconds', 60_000],
    [minute, 'Microseconds', 6e7],
    [Duration.fromMillis(1999), 'Seconds', 1],
    [Duration.fromMillis(-1999), 'Seconds', -1],
    [7n, 'Count', 7],
    [2n ** 62n, 'Bytes', 2 ** 62],
    [1.5, 'None', 1.5],
    ['12', 'Count', 12],
    ['-1.5e3', 'Count', -1500],
    ['.5', 'Count', 0.5],
    ['', 'Count', undefined],
    [' 1', 'Count', undefined],
    ['0x10', 'Count', undefined],
    ['NaN', 'Count', undefined],
    ['+Inf', 'Count', undefined],
    ['1e400', 'Count', undefined],
    ['9'.repeat(1_000_000), 'Count', undefined],
    [`${'9'.repeat(1_000_000)}x`, 'Count', undefined],
    [NaN, 'Count', undefined],
    [Infinity, 'Count', undefined],
    [-Infinity, 'Count', undefined],
    [2 ** 360, 'Count', 2 ** 360],
    [-(2 ** 361), 'Count', undefined],
    [true, 'Count', undefined],
    [new Timestamp(0, 0), 'Seconds', undefined],
    [Uint8Array.of(1, 2, 3, 4), 'Bytes', undefined],
    [undefined, 'None', undefined],
  ];
  for (const [value, unit, number] of cases) {
    const shown = stringify(value).slice(0, 30);
    it(`takes ${typeof value} ${shown} in ${unit} for ${number}`, () => assert.equal(numberOf(value, unit), number));
  }
});
