import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Histogram } from '../../../../src/proxy/observe/stats/histogram.js';

describe('a histogram', () => {
  it('has no quantiles while it is empty', () => assert.equal(new Histogram().quantile(0.5), undefined));

  it('is exact below a hundred', () => {
    const histogram = new Histogram();
    for (let value = 1; value <= 100; value++) histogram.record(value - 0.5);
    assert.deepEqual(
      [0, 0.5, 0.99, 1].map((share) => histogram.quantile(share)),
      [0, 49, 98, 99],
    );
    assert.equal(histogram.sum, 4950);
    assert.equal(histogram.countUpTo(0.5), 1);
    assert.equal(histogram.countUpTo(9), 10);
  });

  it('keeps two digits above', () => {
    for (const [value, want] of [
      [100, 100],
      [1239, 1200],
      [60_000, 60_000],
      [3_600_000, 3_600_000],
      [123_456_789, 120_000_000],
    ] as const) {
      const histogram = new Histogram();
      histogram.record(value);
      assert.equal(histogram.quantile(1), want);
      assert.equal(histogram.countUpTo(want), 1);
      assert.equal(histogram.countUpTo(want - 1), 0);
    }
  });

  it('survives absurd values', () => {
    const histogram = new Histogram();
    for (const value of [-1, Number.NaN, 1e15]) histogram.record(value);
    assert.equal(histogram.count, 3);
    assert.equal(histogram.quantile(0), 0);
  });
});
