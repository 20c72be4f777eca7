import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseResources } from '../../src/config/index.js';
import { MAX_DEPTH, MAX_FILE_BYTES, MAX_NODES, MAX_TOKENS } from '../../src/config/limits.js';

function codes(spec: string): readonly string[] {
  const text = `kind: rule\nmetadata: {name: a}\nspec:\n${spec}`;
  return parseResources(text, { defaultNamespace: 'default' }).diagnostics.map(({ code }) => code);
}

// The resource and its spec are two of the levels.
const nested = (levels: number) => `  a: ${'['.repeat(levels - 2)}1${']'.repeat(levels - 2)}`;

describe('the limits of configuration files', () => {
  it('let nesting go to the stated depth', () => {
    assert.deepEqual(codes(nested(MAX_DEPTH)), []);
    assert.deepEqual(codes(nested(MAX_DEPTH + 1)), ['YAML_LIMIT']);
  });

  it('count depth through aliases', () => {
    const half = `  a: &a ${'['.repeat(60)}${']'.repeat(60)}\n`;
    assert.deepEqual(codes(`${half}  b: [*a]\n`), []);
    assert.deepEqual(codes(`${half}  b: ${'['.repeat(60)}*a${']'.repeat(60)}\n`), ['YAML_LIMIT']);
  });

  for (const [name, piece] of Object.entries({ lists: '[', maps: '{a: ', items: '- ', keys: '? ', values: 'a: ' })) {
    it(`refuse a hundred thousand ${name} in each other without trouble`, () => {
      const { diagnostics } = parseResources(piece.repeat(100_000), { defaultNamespace: 'default' });
      assert.deepEqual(
        diagnostics.map(({ code }) => code),
        ['YAML_LIMIT'],
      );
    });
  }

  it('let a document have the stated number of values', () => {
    const values = (count: number) => `  a: [${'1,'.repeat(count)}]`;
    assert.deepEqual(codes(values(MAX_NODES - 50)), []);
    assert.deepEqual(codes(values(MAX_NODES)), ['YAML_LIMIT']);
  });

  it('count what aliases stand for', () => {
    const item = `  a: &a [${'1,'.repeat(1000)}]\n`;
    const aliases = (count: number) => `${item}  b: [${'*a,'.repeat(count)}]`;
    assert.deepEqual(codes(aliases(MAX_NODES / 1001 - 5)), []);
    assert.deepEqual(codes(aliases(MAX_NODES / 1000 + 1)), ['YAML_LIMIT']);
  });

  it('end at the stated number of tokens', () => {
    assert.deepEqual(codes(`  a: [${'\n'.repeat(MAX_TOKENS)}]`), ['YAML_LIMIT']);
  });

  it('refuse a file that is too large, in text or bytes', () => {
    const text = `# ${'x'.repeat(MAX_FILE_BYTES)}`;
    for (const input of [text, Buffer.from(text)]) {
      const { diagnostics } = parseResources(input, { file: 'f', defaultNamespace: 'default' });
      assert.deepEqual(
        diagnostics.map(({ code, file }) => [code, file]),
        [['YAML_LIMIT', 'f']],
      );
    }
  });
});
