import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { MetricsText } from '../../src/mixer/metrics-text.js';
import { Distribution } from '../../src/mixer/rpc-stats.js';

describe('MetricsText', () => {
  it('writes HELP and TYPE once for the samples of one metric', () => {
    const text = new MetricsText();
    for (const [a, value] of [
      ['x', 1],
      ['y', 2.5],
    ] as const) {
      text.sample('m', value, { type: 'gauge', help: 'h', labels: { a } });
    }
    assert.equal(text.toString(), '# HELP m h\n# TYPE m gauge\nm{a="x"} 1\nm{a="y"} 2.5\n');
  });

  it('escapes label values and help', () => {
    const text = new MetricsText().sample('m', 1, { type: 'counter', help: 'a\\b\nc', labels: { a: '"\\\n' } });
    assert.equal(text.toString(), '# HELP m a\\\\b\\nc\n# TYPE m counter\nm{a="\\"\\\\\\n"} 1\n');
  });

  it('writes a histogram with cumulative buckets, sum and count', () => {
    const values = new Distribution([1, 2]);
    for (const value of [0.5, 2, 9]) values.observe(value);
    assert.deepEqual(
      new MetricsText()
        .histogram('m', values, { help: 'h', labels: { a: 'x' } })
        .toString()
        .split('\n')
        .slice(2),
      [
        'm_bucket{a="x",le="1"} 1',
        'm_bucket{a="x",le="2"} 2',
        'm_bucket{a="x",le="+Inf"} 3',
        'm_sum{a="x"} 11.5',
        'm_count{a="x"} 3',
        '',
      ],
    );
  });

  it('writes infinities as the format wants them', () => {
    const text = new MetricsText();
    text.sample('m', Infinity, { type: 'gauge', help: '' }).sample('m', -Infinity, { type: 'gauge', help: '' });
    assert.match(text.toString(), /m \+Inf\nm -Inf\n$/);
  });
});
