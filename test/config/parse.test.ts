import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { decodeSpec, parseResources, specValue } from '../../src/config/index.js';
import { sampleSchema } from './sample-schema.js';

const options = { file: 'f', defaultNamespace: 'default' };
const names = (text: string | Uint8Array) =>
  parseResources(text, options).resources.map(({ kind, name }) => `${kind}/${name}`);

function toMaps(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toMaps);
  if (typeof value !== 'object' || value === null) return value;
  return new Map(Object.entries(value).map(([key, item]) => [key, toMaps(item)]));
}

describe('parseResources()', () => {
  it('reads documents in their order', () => {
    assert.deepEqual(
      names(
        'kind: b\nmetadata: {name: x}\n---\n---\n# c\n---\nkind: a\nmetadata: {name: w}\n...\nkind: c\nmetadata: {name: v}',
      ),
      ['b/x', 'a/w', 'c/v'],
    );
  });

  it('finds nothing in nothing', () => {
    for (const text of ['', '\n', '# a comment', '---', '---\n...\n', '\ufeff']) {
      assert.deepEqual(parseResources(text, options), { resources: [], diagnostics: [] });
    }
  });

  it('expands lists as kubectl does', () => {
    const item = (kind: string, name: string) => `{${kind}metadata: {name: ${name}}}`;
    assert.deepEqual(names(`kind: List\nitems: [${item('kind: a, ', 'x')}, ${item('kind: b, ', 'w')}]`), [
      'a/x',
      'b/w',
    ]);
    assert.deepEqual(names(`kind: ruleList\nitems: [${item('', 'x')}, ${item('kind: b, ', 'w')}]`), ['rule/x', 'b/w']);
    assert.deepEqual(names(`kind: List\nitems: [{kind: List, items: [${item('kind: a, ', 'x')}]}]`), ['a/x']);
    assert.deepEqual(names('kind: List\n---\nkind: List\nitems: []'), []);
    assert.deepEqual(names('kind: denyList\nmetadata: {name: x}'), ['denyList/x']);
  });

  it('gives places in the file, not in the document', () => {
    const [, second] = parseResources(
      'kind: a\nmetadata: {name: x}\n---\nkind: b\nmetadata:\n  name: w\n',
      options,
    ).resources;
    assert.deepEqual(second?.position('metadata.name'), { file: 'f', line: 6, column: 9 });
  });

  it('reads JSON', () => {
    assert.deepEqual(names('{"kind": "a", "metadata": {"name": "x"}}'), ['a/x']);
  });

  it('reads back what was written, whatever it was', () => {
    const text = fc
      .string({ unit: 'binary' })
      .filter(
        (value) =>
          !/[\ud800-\udfff]/u.test(value) &&
          !/[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufefe\uff00-\uffef]/u.test(value),
      );
    const leaf = fc.oneof(
      text,
      fc.boolean(),
      fc.constant(null),
      fc.bigInt(-(2n ** 63n), 2n ** 64n - 1n),
      fc.double({ noNaN: true }).filter((value) => !Number.isInteger(value)),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(text, tie('tree'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        for (const layout of [{}, { collectionStyle: 'flow' as const, indent: 4 }]) {
          const document = { kind: 'a', metadata: { name: 'x' }, spec: { value } };
          const written = stringify(document, { version: '1.1', aliasDuplicateObjects: false, ...layout });
          const { resources, diagnostics } = parseResources(written, options);
          assert.deepEqual(diagnostics, [], written);
          assert.deepEqual(specValue(resources[0]!, 'spec.value'), toMaps(value) ?? undefined, written);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('never throws, whatever bytes it is given', () => {
    const piece = fc.constantFrom(
      '---',
      '\n',
      '...',
      ' ',
      '- ',
      '? ',
      ': ',
      '&a ',
      '*a',
      '<<',
      '[',
      ']',
      '{',
      '}',
      ',',
      '"',
      "'",
      '|',
      '>',
      '#',
      '%',
      '!!',
      '!',
      '@',
      '`',
      '\t',
      '\r',
      '\0',
      'kind',
      'metadata',
      'name',
      'spec',
      'List',
      'items',
      'y',
      '1',
      '\ufeff',
      '\u2028',
    );
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
      fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')),
      fc.array(piece, { maxLength: 20 }).map((pieces) => `kind: a\nmetadata: {name: x}\nspec:\n  ${pieces.join('')}`),
    );
    fc.assert(
      fc.property(noise, (input) => {
        for (const resource of parseResources(input, options).resources) {
          decodeSpec(resource, sampleSchema);
          assert.match(resource.digest, /^[0-9a-f]{40}$/);
        }
      }),
      { numRuns: 3000 },
    );
  });

  const samples = join(import.meta.dirname, '../../../shared/istio-samples');
  it('reads every sample of Istio', { skip: !existsSync(samples) }, () => {
    const files = readdirSync(samples, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    assert.ok(files.length > 100);
    for (const { parentPath, name } of files) {
      const { resources, diagnostics } = parseResources(readFileSync(join(parentPath, name)), {
        ...options,
        file: name,
      });
      assert.deepEqual(diagnostics, []);
      assert.ok(resources.length > 0, name);
    }
  });
});
