import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type ConfigNode,
  describeNode,
  getValue,
  isNull,
  type MapNode,
  quote,
  type ScalarValue,
} from '../../src/config/node.js';

const place = { line: 1, column: 1 };
const scalar = (value: ScalarValue, source = String(value)): ConfigNode => ({
  kind: 'scalar',
  value,
  source,
  ...place,
});

describe('describeNode()', () => {
  it('says what a node is', () => {
    const nodes = [scalar(true, 'on'), scalar(10n, '012'), scalar(1.1, '1.10'), scalar('a"b'), scalar(null)];
    assert.deepEqual(nodes.map(describeNode), [
      'the boolean on',
      'the number 012',
      'the number 1.10',
      'the text "a\\"b"',
      'null',
    ]);
    assert.equal(describeNode({ kind: 'list', items: [], ...place }), 'a list');
    assert.equal(describeNode({ kind: 'map', entries: [], ...place }), 'a map');
  });

  it('shortens what is long', () => {
    assert.ok(describeNode(scalar('x'.repeat(1000))).length < 80);
    assert.ok(quote('x'.repeat(1000)).length < 70);
  });
});

describe('getValue() and isNull()', () => {
  const map: MapNode = {
    kind: 'map',
    entries: [
      { key: 'a', value: scalar('x'), ...place },
      { key: 'b', value: scalar(null), ...place },
    ],
    ...place,
  };

  it('take null for absent', () => {
    assert.equal(getValue(map, 'a'), map.entries[0]?.value);
    assert.equal(getValue(map, 'b'), undefined);
    assert.equal(getValue(map, 'constructor'), undefined);
    assert.deepEqual(
      map.entries.map(({ value }) => isNull(value)),
      [false, true],
    );
  });
});
