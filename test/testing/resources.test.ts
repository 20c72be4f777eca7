import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { defineAdapter, s } from 'fairlead/sdk';
import { checknothing } from 'fairlead/templates';
import { decodeParams, decodeResources } from 'fairlead/testing';

const adapter = defineAdapter({
  name: 'toy',
  description: 'For tests.',
  templates: [checknothing],
  config: s.message({ size: s.int32(3) }),
  kinds: { Book: s.message({ pages: s.int32(100) }) },
  validate: ({ size }, report) => {
    if (size > 9) report('size', 'is large', 'warning');
  },
  validateResources: ({ Book }, report) => {
    for (const book of Book) if (book.spec.pages < 1) report(book, 'pages', 'must be positive');
  },
  build: () => ({ handleCheckNothing: () => ({}) }),
});

describe('decodeResources()', () => {
  test('gives what build would get, and passes over other kinds', () => {
    const { resources, problems } = decodeResources(
      adapter,
      'kind: Book\nmetadata: { name: a }\n---\nkind: Service\nmetadata: { name: b }\n',
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(resources['Book'], [{ name: 'a', namespace: 'default', spec: { pages: 100 } }]);
  });

  test('tells what is wrong, and where', () => {
    const yaml = (pages: string) => `kind: Book\nmetadata: { name: a }\nspec: { pages: ${pages} }\n`;
    for (const pages of ['0', 'many']) {
      const { resources, problems } = decodeResources(adapter, yaml(pages));
      assert.deepEqual(resources['Book'], []);
      assert.equal(problems.length, 1);
      assert.match(problems[0]!, /^resources\.yaml:3:16: error /);
    }
  });

  test('gives no kinds for an adapter that declares none', () => {
    const plain = defineAdapter({
      name: 'plain',
      description: 'For tests.',
      templates: [checknothing],
      config: s.message({}),
      build: () => ({ handleCheckNothing: () => ({}) }),
    });
    const decoded = decodeResources(plain, 'kind: Book\nmetadata: { name: a }\n');
    assert.deepEqual(decoded, { resources: {}, problems: [] });
  });
});

describe('decodeParams()', () => {
  test('takes warnings for no problems', () => {
    assert.deepEqual(decodeParams(adapter, 'size: 10').problems, []);
  });
});
