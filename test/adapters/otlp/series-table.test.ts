import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Value } from 'fairlead/sdk';
import type { Definition } from '../../../src/adapters/otlp/definition.js';
import { SeriesTable } from '../../../src/adapters/otlp/series-table.js';

const definition = (dimensions?: readonly string[]): Definition => ({
  name: 'm',
  description: '',
  unit: '',
  kind: 'COUNTER',
  bounds: [],
  dimensions,
});

test('equal dimensions share a stream', () => {
  const table = new SeriesTable(definition(['a', 'b']), 10);
  assert.equal(table.find({ a: 'x', b: 1n }), table.find({ b: 1n, a: 'x', c: 'not one of them' }));
  assert.deepEqual(table.all()[0]?.attributes, [
    ['a', 'x'],
    ['b', 1n],
  ]);
});

test('different dimensions never share one, however they are written', () => {
  const rows: readonly Readonly<Record<string, Value | undefined>>[] = [
    { a: '1', b: '' },
    { a: '', b: '1' },
    { a: 1n, b: '' },
    { a: 1, b: '' },
    { a: 'true', b: '' },
    { a: true, b: '' },
    { a: 's1:1', b: '' },
    { a: '1s0:', b: '' },
    { a: undefined, b: '1' },
    { a: '1', b: undefined },
    { a: '-', b: '1' },
  ];
  for (const names of [['a', 'b'], undefined]) {
    const table = new SeriesTable(definition(names), 100);
    for (const row of rows) table.find(row);
    assert.equal(table.all().length, rows.length);
  }
});

test('a dimension that is absent is no attribute', () => {
  const table = new SeriesTable(definition(['a', 'b']), 10);
  assert.deepEqual(table.find({ b: 'x' }).attributes, [['b', 'x']]);
});

test('what is more than the limit shares one stream with the attribute for it', () => {
  const table = new SeriesTable(definition(['a']), 3);
  const [first, second, third, fourth] = ['1', '2', '3', '4'].map((a) => table.find({ a }));
  assert.notEqual(first, second);
  assert.equal(third, fourth);
  assert.deepEqual(third?.attributes, [['otel.metric.overflow', true]]);
  assert.equal(table.find({ a: '1' }), first);
  assert.equal(table.all().length, 3);
});

test('a limit of one leaves only that stream', () => {
  const table = new SeriesTable(definition(['a']), 1);
  assert.equal(table.find({ a: '1' }), table.find({ a: '2' }));
});

test('a megabyte is cut before it is kept', () => {
  const table = new SeriesTable(definition(['a']), 10);
  assert.equal((table.find({ a: 'x'.repeat(2 ** 20) }).attributes[0]![1] as string).length, 512);
});
