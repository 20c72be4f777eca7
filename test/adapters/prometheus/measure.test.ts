import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseGoFloat } from '../../../src/adapters/prometheus/measure.js';

const rows: readonly (readonly [string, number | undefined])[] = [
  ['1', 1],
  ['+1.5', 1.5],
  ['-.5', -0.5],
  ['5.', 5],
  ['1e3', 1000],
  ['1E-3', 0.001],
  ['inf', Infinity],
  ['+Infinity', Infinity],
  ['-INF', -Infinity],
  ['nan', NaN],
  ['NaN', NaN],
  ['0x10p0', 16],
  ['-0X.8P1', -1],
  ['1e400', undefined],
  ['0x1p9999', undefined],
  ['0x10', undefined],
  ['0x.p1', undefined],
  ['+nan', undefined],
  ['', undefined],
  ['.', undefined],
  ['1_000', undefined],
  ['1 ', undefined],
  ['0b1', undefined],
  ['1'.repeat(400), undefined],
  ['0x1.8p1', 3],
  // Read in more than one way, these would take hours.
  [`${'1'.repeat(1_000_000)}x`, undefined],
  [`0x${'1'.repeat(1_000_000)}x`, undefined],
];

describe('parseGoFloat()', () => {
  for (const [text, want] of rows) {
    it(`reads '${text.slice(0, 20)}' as ${String(want)}`, () => assert.deepEqual(parseGoFloat(text), want));
  }
});
