import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { composeChunk } from '../../src/config/compose.js';
import { findNode, itemPath, keyPath, toCamel, toSnake } from '../../src/config/path.js';

const text = `spec:
  params:
    overrides:
    - maxAmount: 1
    - max_amount: 2
      nested: [[a, b]]
  attributes:
    source: {uid: wrong}
    source.uid: {valueType: STRING}
    "with \\"quotes\\"": x
`;
const root = composeChunk({ text, line: 1 }, 'f').roots[0]!;
const source = (path: string) => {
  const { node } = findNode(root, path);
  return node?.kind === 'scalar' ? node.source : node?.kind;
};

describe('findNode()', () => {
  it('follows maps and lists', () => {
    assert.equal(source('spec.params.overrides[0].maxAmount'), '1');
    assert.equal(source('spec.params.overrides[1].nested[0][1]'), 'b');
    assert.equal(source(''), 'map');
  });

  it('takes either spelling of a name', () => {
    assert.equal(source('spec.params.overrides[0].max_amount'), '1');
    assert.equal(source('spec.params.overrides[1].maxAmount'), '2');
    assert.equal(source('spec.params.overrides[1].max_amount'), '2');
  });

  it('takes the longest key that fits', () => {
    assert.equal(source('spec.attributes.source.uid.valueType'), 'STRING');
    assert.equal(source('spec.attributes["source.uid"].value_type'), 'STRING');
    assert.equal(source('spec.attributes["source"].uid'), 'wrong');
    assert.equal(source(`spec.attributes[${JSON.stringify('with "quotes"')}]`), 'x');
  });

  it('stays at the nearest place around what is not there', () => {
    assert.deepEqual(findNode(root, 'spec.params.overrides[1].dimensions.x'), {
      node: undefined,
      place: findNode(root, 'spec.params.overrides[1]').place,
    });
    assert.equal(findNode(root, 'spec.params.overrides[7]').node, undefined);
    assert.equal(findNode(root, 'spec.params.overrides[0].maxAmount.deeper').place.line, 4);
    assert.equal(findNode(root, 'spe').node, undefined);
  });
});

describe('keyPath() and itemPath()', () => {
  it('put keys that are not words into brackets', () => {
    assert.equal(keyPath('spec', 'name'), 'spec.name');
    assert.equal(keyPath('', 'kind'), 'kind');
    assert.equal(keyPath('spec', 'source.uid'), 'spec["source.uid"]');
    assert.equal(itemPath('spec.names', 2), 'spec.names[2]');
  });
});

describe('toCamel() and toSnake()', () => {
  it('are the spellings of protobuf', () => {
    assert.equal(toCamel('max_amount'), 'maxAmount');
    assert.equal(toCamel('http_2xx'), 'http2xx');
    assert.equal(toSnake('providerUrl'), 'provider_url');
  });
});
