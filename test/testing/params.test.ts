import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { defineAdapter, s } from 'fairlead/sdk';
import { checknothing } from 'fairlead/templates';
import { decodeParams } from 'fairlead/testing';

const adapter = defineAdapter({
  name: 'toy',
  description: 'For tests.',
  templates: [checknothing],
  config: s.message({ size: s.int32(3), names: s.list(s.string()) }),
  validate: ({ size }, report) => {
    if (size < 0) report('size', 'must not be negative');
  },
  build: () => ({ handleCheckNothing: () => ({}) }),
});

describe('decodeParams()', () => {
  test('fills in defaults', () => {
    for (const nothing of ['', '{}', '# only a comment']) {
      assert.deepEqual(decodeParams(adapter, nothing), { config: { size: 3, names: [] }, problems: [] });
    }
  });

  test('reads several lines', () => {
    const { config } = decodeParams(adapter, 'size: 4\nnames:\n  - a\n\n  - b\n');
    assert.deepEqual(config, { size: 4, names: ['a', 'b'] });
  });

  test('gives paths from the parameters on', () => {
    const pathsOf = (yaml: string): readonly string[] => decodeParams(adapter, yaml).problems.map(({ path }) => path);
    assert.deepEqual(pathsOf('names: [a, [b]]'), ['names[1]']);
    assert.deepEqual(pathsOf('colour: red'), ['colour']);
    assert.deepEqual(pathsOf('size: -1'), ['size']);
    assert.deepEqual(pathsOf('7'), ['']);
  });

  test('throws when the text is not YAML, which is the test author to hear', () => {
    assert.throws(() => decodeParams(adapter, 'a: ['), /not YAML/);
  });
});
