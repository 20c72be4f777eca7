import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SeriesTable } from '../../../src/adapters/signalfx/series-table.js';
import type { Value } from '../../../src/sdk/index.js';
import { metric } from '../../../src/templates/index.js';
import { sampleInstance } from '../../../src/testing/index.js';
import { readUpload } from './upload.js';

const minute = 60_000;

function setUp(limit: number) {
  const table = new SeriesTable(limit);
  return {
    table,
    add: (name: string, dimensions: Readonly<Record<string, Value>>, now = 0) =>
      table.add(
        sampleInstance(metric, { name, dimensions, monitoredResourceType: '', monitoredResourceDimensions: {} }),
        1n,
        { type: 'COUNTER', now },
      ),
    read: (now = 0) => Array.from(table.messages(now), readUpload),
  };
}

describe('SeriesTable', () => {
  it('keeps a series for each name and dimensions', () => {
    const { add, read } = setUp(100);
    add('m', { a: 'x', b: 'y' });
    add('m', { a: 'x', b: 'y' });
    add('m', { a: 'x\nb=1:y' });
    add('n', { a: 'x', b: 'y' });
    add('n', { a: 1n });
    add('n', { a: '1' });
    assert.deepEqual(
      read()
        .flat()
        .map(({ metric, value, dimensions }) => [metric, value, Object.fromEntries(dimensions)]),
      [
        ['m', 2n, { a: 'x', b: 'y' }],
        ['m', 1n, { a: 'x\nb=1:y' }],
        ['n', 1n, { a: 'x', b: 'y' }],
        ['n', 2n, { a: '1' }],
      ],
    );
  });

  it('lets what is too much share a series of its metric', () => {
    const { table, add, read } = setUp(2);
    for (const a of ['1', '2', '3', '4']) add('m', { a });
    add('n', { a: '5' });
    add('m', { a: '1' });
    assert.equal(table.size, 4);
    const overflow = read()
      .flat()
      .filter(({ dimensions }) => dimensions.get('overflow') === 'true');
    assert.deepEqual(
      overflow.map(({ metric, value }) => [metric, value]),
      [
        ['m', 2n],
        ['n', 1n],
      ],
    );
  });

  it('forgets series that were not used for 5 minutes, and has room again', () => {
    const { table, add, read } = setUp(1);
    add('m', { a: '1' });
    add('m', { a: '2' });
    assert.equal(read(5 * minute - 1).flat().length, 2);
    add('m', { a: '1' }, 4 * minute);
    assert.equal(read(5 * minute).flat().length, 1);
    assert.deepEqual(read(9 * minute), []);
    assert.equal(table.size, 0);
    add('m', { a: '3' }, 9 * minute);
    assert.equal(
      read(9 * minute)
        .flat()[0]!
        .dimensions.get('a'),
      '3',
    );
  });

  it('writes many series in messages of bounded size', () => {
    const { add, read } = setUp(10_000);
    for (let count = 0; count < 2500; count += 1) add('m', { a: BigInt(count) });
    assert.deepEqual(
      read().map(({ length }) => length),
      [1000, 1000, 500],
    );
    const large = setUp(10_000);
    for (let count = 0; count < 2500; count += 1) large.add('m', { a: BigInt(count), b: 'é'.repeat(2 ** 10) });
    assert.ok(large.read().length >= 5);
  });
});
