import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Aggregate, createCounter, createHistogram } from '../../../src/adapters/signalfx/aggregate.js';

const taken = (aggregate: Aggregate) =>
  Object.fromEntries(aggregate.take().map(({ suffix, value }) => [suffix, value] as const));

describe('createCounter()', () => {
  it('sums up since its beginning, exactly', () => {
    const counter = createCounter();
    counter.add(2n ** 62n);
    counter.add(1n);
    assert.deepEqual(counter.take(), [{ suffix: '', kind: 'CUMULATIVE_COUNTER', value: 2n ** 62n + 1n }]);
    counter.add(1n);
    assert.deepEqual(taken(counter), { '': 2n ** 62n + 2n });
  });

  it('begins anew beyond 64 bits', () => {
    const counter = createCounter();
    counter.add(2n ** 63n - 1n);
    counter.add(1n);
    assert.deepEqual(taken(counter), { '': -(2n ** 63n) });
  });
});

describe('createHistogram()', () => {
  it('keeps sums since its beginning, and the rest for an interval', () => {
    const histogram = createHistogram();
    for (let value = 100; value >= 0; value -= 1) histogram.add(value);
    assert.deepEqual(taken(histogram), {
      '.count': 101n,
      '.sum': 5050,
      '.sumsquare': 338_350,
      '.min': 0,
      '.max': 100,
      '.p25': 25,
      '.p50': 50,
      '.p90': 90,
      '.p99': 99,
    });
    assert.deepEqual(taken(histogram), { '.count': 101n, '.sum': 5050, '.sumsquare': 338_350 });
    histogram.add(7n);
    const want = { '.min': 7, '.max': 7, '.p25': 7, '.p50': 7, '.p90': 7, '.p99': 7 };
    assert.deepEqual(taken(histogram), { '.count': 102n, '.sum': 5057, '.sumsquare': 338_399, ...want });
  });

  it('says which points are gauges', () => {
    const histogram = createHistogram();
    histogram.add(1);
    const gauges = histogram.take().filter(({ kind }) => kind === 'GAUGE');
    assert.deepEqual(
      gauges.map(({ suffix }) => suffix),
      ['.min', '.max', '.p25', '.p50', '.p90', '.p99'],
    );
  });

  it('estimates the percentiles of many values, keeping few', () => {
    let state = 1;
    const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    const histogram = createHistogram(random);
    for (let count = 0; count < 100_000; count += 1) histogram.add(random() * 1000);
    const points = taken(histogram) as Record<string, number>;
    assert.ok(Math.abs(points['.p50']! - 500) < 100, String(points['.p50']));
    assert.ok(points['.p99']! > 950 && points['.p99']! <= points['.max']!, String(points['.p99']));
    assert.ok(points['.max']! > 999);
  });

  it('leaves out sums that have become no number', () => {
    const histogram = createHistogram();
    histogram.add(1e300);
    assert.equal('.sumsquare' in taken(histogram), false);
  });
});
