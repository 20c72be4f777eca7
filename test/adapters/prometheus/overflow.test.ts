import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fakeEnv } from '../../../src/testing/fake-env.js';
import { parseText } from './parse-text.js';
import { build, instance } from './setup.js';

const params = (kind: string, more = '') => `
max_series_per_metric: 2
metrics: [{name: m, instance_name: m, kind: ${kind}, label_names: [a, b]}]
${more}`;
const one = (a: string, value = 1n) => instance('m', value, { a, b: 'x' });
const overflow = { a: 'overflow', b: 'overflow' };

describe('the limit on series', () => {
  it('counts what is too much in one series, and says so once', async () => {
    const built = await build(params('COUNTER'));
    built.handle(one('1'), one('2'), one('3'), one('4'), one('1'));
    built.handle(one('5', 3n), one('2'));
    assert.deepEqual(
      parseText(built.text()).samples.map(({ labels, value }) => [labels[0]?.[1], value]),
      [
        ['1', 2],
        ['2', 2],
        ['overflow', 5],
      ],
    );
    assert.equal(built.env.measured.get('series_overflow_total{metric="istio_m"}'), 3);
    const warnings = built.env.logged.filter(({ level }) => level === 'warn');
    assert.deepEqual(
      warnings.map(({ fields }) => fields),
      [{ metric: 'istio_m', maxSeriesPerMetric: 2 }],
    );
  });

  it('observes and sets in one series as well', async () => {
    const distribution = await build(params('DISTRIBUTION'));
    distribution.handle(one('1'), one('2'), one('3'), one('4', 2n));
    assert.equal(distribution.value('istio_m_sum', overflow), 3);
    assert.equal(distribution.value('istio_m_count', overflow), 2);
    const gauge = await build(params('GAUGE'));
    gauge.handle(one('1'), one('2'), one('3', 7n), one('4', 8n), one('1', 9n));
    assert.equal(gauge.value('istio_m', overflow), 8);
    assert.equal(gauge.value('istio_m', { a: '1', b: 'x' }), 9);
  });

  it('has room again when series expire', async () => {
    const policy = 'metrics_expiration_policy: {metrics_expiry_duration: 10m}';
    const built = await build(params('COUNTER', policy));
    built.handle(one('1'), one('2'), one('3'));
    await built.env.clock.advance(6 * 60_000);
    built.handle(one('2'), one('4'));
    await built.env.clock.advance(4 * 60_000);
    built.handle(one('5'), one('6'));
    const seen = () => parseText(built.text()).samples.map(({ labels, value }) => [labels[0]?.[1], value]);
    assert.deepEqual(seen(), [
      ['2', 2],
      ['overflow', 3],
      ['5', 1],
    ]);
    await built.env.clock.advance(20 * 60_000);
    assert.deepEqual(seen(), []);
    built.handle(one('7'), one('8'), one('9'));
    assert.deepEqual(seen().at(-1), ['overflow', 1]);
    await built.close();
  });

  it('gives a request that calls itself overflow no series beyond it', async () => {
    const built = await build(params('COUNTER'));
    const itself = instance('m', 1n, overflow);
    built.handle(one('1'), itself, one('2'), itself, one('3'));
    assert.equal(built.value('istio_m', overflow), 4);
  });

  it('counts long label values for more, so that memory has a limit too', async () => {
    const built = await build(params('COUNTER'));
    built.handle(one('x'.repeat(1 << 20)), one('1'), one('y'.repeat(1 << 20)));
    assert.equal(built.value('istio_m', overflow), 2);
    assert.equal(parseText(built.text()).samples[0]?.labels[0]?.[1].length, 1 << 20);
  });

  it('is none when it is 0, and 100,000 when it is not given', async () => {
    for (const [text, want] of [
      ['max_series_per_metric: 0', undefined],
      ['', 1],
    ] as const) {
      const built = await build(`${text}\nmetrics: [{name: m, instance_name: m, kind: COUNTER, label_names: [a, b]}]`);
      for (let index = 0; index <= 100_000; index++) built.handle(one(String(index)));
      assert.equal(built.value('istio_m', overflow), want);
    }
  });

  it("is each handler's own where they share a metric", async () => {
    const env = fakeEnv();
    const small = await build(params('COUNTER'), { env, name: 'small.default' });
    const large = await build(params('COUNTER').replace('2', '4'), { env: env.sibling(), name: 'large.default' });
    small.handle(one('1'), one('2'), one('3'));
    large.handle(one('3'), one('4'), one('5'));
    small.handle(one('3'));
    assert.equal(small.value('istio_m', overflow), 2);
    assert.equal(small.value('istio_m', { a: '3', b: 'x' }), 2);
    assert.equal(large.env.measured.get('series_overflow_total{metric="istio_m"}'), 1);
  });
});
