import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { binOf } from '../../../src/adapters/circonus/bins.js';

describe('binOf()', () => {
  const cases: readonly (readonly [value: number, bin: string | undefined])[] = [
    [0, '0.0e+00'],
    [1, '1.0e+00'],
    [1_234_567_890, '1.2e+09'],
    [-0.00199, '-1.9e-03'],
    [99.999999, '9.9e+01'],
    [1e-200, '0.0e+00'],
    [1e127, '1.0e+127'],
    [1e128, undefined],
    [NaN, undefined],
    [-Infinity, undefined],
  ];
  for (const [value, bin] of cases) it(`puts ${value} into ${bin}`, () => assert.equal(binOf(value), bin));
});
