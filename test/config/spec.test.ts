import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseResources, specEntries, specValue } from '../../src/config/index.js';

const text = 'kind: a\nmetadata: {name: b}\nspec:\n  params:\n    max_amount: 5\n    "a.b": [1.5, x]\n  none: ~\n';
const resource = parseResources(text, { file: 'f', defaultNamespace: 'default' }).resources[0]!;

describe('specEntries()', () => {
  it('lists keys with paths and places', () => {
    assert.deepEqual(specEntries(resource, 'spec.params'), [
      { key: 'max_amount', path: 'spec.params.max_amount', position: { file: 'f', line: 5, column: 5 } },
      { key: 'a.b', path: 'spec.params["a.b"]', position: { file: 'f', line: 6, column: 5 } },
    ]);
    assert.deepEqual(
      specEntries(resource).map(({ key }) => key),
      ['params', 'none'],
    );
  });

  it('is empty where there is no map', () => {
    for (const path of ['spec.none', 'spec.absent', 'spec.params.maxAmount'])
      assert.deepEqual(specEntries(resource, path), []);
  });
});

describe('specValue()', () => {
  it('gives plain data', () => {
    assert.equal(specValue(resource, 'spec.params.maxAmount'), 5n);
    assert.deepEqual(specValue(resource, 'spec.params["a.b"]'), [1.5, 'x']);
    assert.deepEqual(
      specValue(resource),
      new Map<string, unknown>([
        [
          'params',
          new Map<string, unknown>([
            ['max_amount', 5n],
            ['a.b', [1.5, 'x']],
          ]),
        ],
        ['none', null],
      ]),
    );
  });

  it('is undefined for what is absent or null', () => {
    assert.equal(specValue(resource, 'spec.none'), undefined);
    assert.equal(specValue(resource, 'spec.params.absent'), undefined);
  });
});
