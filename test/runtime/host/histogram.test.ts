import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Histogram } from '../../../src/runtime/host/histogram.js';

describe('Histogram', () => {
  it('counts a value that equals a bound under that bound', () => {
    const histogram = new Histogram([1, 2]);
    for (const value of [0, 1, 1.5, 2, 3]) histogram.observe(value);
    assert.equal(
      histogram.render('h', 'a="b"'),
      'h_bucket{a="b",le="1"} 2\nh_bucket{a="b",le="2"} 4\nh_bucket{a="b",le="+Inf"} 5\nh_sum{a="b"} 7.5\nh_count{a="b"} 5\n',
    );
    assert.equal(histogram.count, 5);
    assert.equal(histogram.sum, 7.5);
  });
});
