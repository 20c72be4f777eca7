import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeClock } from 'fairlead/testing';
import type { Value } from 'fairlead/sdk';
import { measureOf } from '../../../src/adapters/stackdriver/measure.js';
import { labelPairs, resourceOf, type Values } from '../../../src/adapters/stackdriver/resource.js';
import { type MetricDefinition, SeriesTable } from '../../../src/adapters/stackdriver/series.js';
import type { Body } from './google.js';
import { orderProblem, seriesProblem } from './google-rules.js';

const metadata = { projectId: 'p', location: 'here', clusterName: 'c' };
const define = (kind: MetricDefinition['kind']): MetricDefinition => ({
  type: 'custom.googleapis.com/m',
  kind,
  measure: measureOf({ kind: 'GAUGE', value: 'INT64', metricType: '', buckets: undefined }, undefined),
});
const cumulative = define('CUMULATIVE');

function setUp(limits = { series: 100, bytes: 100_000 }) {
  const clock = new FakeClock();
  const table = new SeriesTable(clock, limits);
  const add = (value: Value, labels: Values, resource?: Values, metric = cumulative): boolean =>
    table.add(
      {
        metric,
        labels: labelPairs(labels),
        resourceType: resource === undefined ? '' : 'k8s_container',
        resourceLabels: labelPairs(resource ?? {}),
      },
      metric.measure.read(value),
    );
  const take = () =>
    table.take((type, labels) => resourceOf(type, labels, metadata)).map((write) => JSON.parse(write().json) as Body);
  return { clock, table, add, take };
}

describe('SeriesTable', () => {
  it('makes one point of values with the same labels and resource, from the first one to now', () => {
    const { clock, add, take } = setUp();
    add(1n, { a: 'x', b: 2n });
    clock.set(clock.now() + 1500);
    add(2n, { b: '2', a: 'x' });
    clock.set(clock.now() + 500);
    assert.deepEqual(take(), [
      {
        metric: { type: 'custom.googleapis.com/m', labels: { a: 'x', b: '2' } },
        resource: { type: 'global', labels: { project_id: 'p' } },
        metricKind: 'CUMULATIVE',
        valueType: 'INT64',
        points: [
          {
            interval: { startTime: '2026-01-01T00:00:00Z', endTime: '2026-01-01T00:00:02Z' },
            value: { int64Value: '3' },
          },
        ],
      },
    ]);
    assert.deepEqual(take(), []);
  });

  it('tells series apart by every label of the metric and of the resource', () => {
    const { add, take } = setUp();
    add(1n, { a: 'x' });
    add(1n, { a: 'y' });
    add(1n, { b: 'x' });
    add(1n, { a: 'x' }, { pod: 'x' });
    add(1n, { a: 'x' }, { pod: 'y' });
    add(1n, { a: 'x\n1:b=1:y' });
    add(1n, { a: 'x', b: 'y' });
    assert.equal(take().length, 7);
  });

  it('fills in what the machine knows where a label of the resource is empty', () => {
    const { add, take } = setUp();
    add(1n, {}, { project_id: '', location: '', cluster_name: 'mine', zone: '', pod_name: '' });
    assert.deepEqual(take()[0]?.['resource'], {
      type: 'k8s_container',
      labels: { project_id: 'p', location: 'here', cluster_name: 'mine', zone: 'here', pod_name: '' },
    });
  });

  it('gives a gauge a moment, and a metric without kind too', () => {
    for (const kind of ['GAUGE', undefined] as const) {
      const { add, take } = setUp();
      add(1n, {}, undefined, define(kind));
      const [{ metricKind, points } = {}] = take();
      assert.deepEqual([metricKind, points[0].interval], [kind, { endTime: '2026-01-01T00:00:00Z' }]);
    }
  });

  it('keeps the points of a series as far apart as Google wants, even when the clock stands still or goes back', () => {
    const { clock, add, take } = setUp();
    let last: Body | undefined;
    for (const step of [0, 0, -5000, 1, 60_000]) {
      clock.set(clock.now() + step);
      add(1n, { a: 'x' });
      const [one] = take();
      assert.equal(seriesProblem(one!) ?? orderProblem(one!, last), undefined);
      last = one;
    }
    assert.equal(last?.['points'][0].interval.endTime, '2026-01-01T00:00:55.001Z');
  });

  it('follows a clock that was set back by far', () => {
    const { clock, add, take } = setUp();
    add(1n, {});
    take();
    clock.set(clock.now() - 3_600_000);
    add(1n, {});
    assert.deepEqual(take()[0]?.['points'][0].interval, {
      startTime: '2025-12-31T22:59:59.999Z',
      endTime: '2025-12-31T23:00:00Z',
    });
  });

  it('takes no series more than there is room for, and goes on with those that it has', () => {
    const { clock, table, add, take } = setUp({ series: 2, bytes: 100_000 });
    assert.deepEqual([add(1n, { a: 'x' }), table.isFull], [true, false]);
    assert.deepEqual([add(1n, { a: 'y' }), table.isFull, table.isRipe], [true, true, true]);
    assert.deepEqual([add(1n, { a: 'z' }), add(1n, { a: 'y' })], [false, true]);
    assert.deepEqual(
      take().map(({ points }) => points[0].value.int64Value as string),
      ['1', '2'],
    );
    assert.deepEqual([table.isFull, table.isRipe], [false, false]);
    clock.set(clock.now() + 5000);
    assert.equal(table.isRipe, true);
    const small = setUp({ series: 100, bytes: 1000 });
    assert.equal(small.add(1n, { a: 'x'.repeat(1000) }), true);
    assert.equal(small.add(1n, { a: 'y' }), false);
  });

  it('takes any name and any text for a label', () => {
    const { table, add, take } = setUp();
    const labels = Object.assign(Object.create(null) as Record<string, Value>, { big: 'x'.repeat(2 ** 20) });
    Object.defineProperty(labels, '__proto__', { value: 'a\ud800b', enumerable: true });
    add(1n, labels);
    assert.ok(table.bytes < 10_000);
    const found = new Map(Object.entries(take()[0]?.['metric'].labels as object));
    assert.equal(found.get('__proto__'), 'ab');
    assert.equal((found.get('big') as string).length, 1024);
  });
});
