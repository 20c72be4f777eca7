import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { composeChunk } from '../../src/config/compose.js';
import { toPlain } from '../../src/config/decode.js';
import type { ConfigNode, MapNode } from '../../src/config/node.js';

function compose(text: string, line = 1): readonly ConfigNode[] {
  const { roots, diagnostics } = composeChunk({ text, line }, 'f');
  assert.deepEqual(diagnostics, []);
  return roots;
}

const plain = (text: string) => compose(text).map(toPlain)[0];
const problems = (text: string) =>
  composeChunk({ text, line: 1 }, 'f').diagnostics.map(({ code, message }) => `${code} ${message}`);
const map = (entries: Readonly<Record<string, unknown>>) => new Map(Object.entries(entries));

describe('composeChunk()', () => {
  it('reads scalars by YAML 1.1, quoted ones as text', () => {
    assert.deepEqual(
      plain(`[y, "y", 'n', 012, "012", ~, "", 1:30, !!str 5, ! 6, |\n no\n]`.replace(/, \|\n no\n/, '')),
      [true, 'y', 'n', 10n, '012', null, '', '1:30', '5', '6'],
    );
    assert.deepEqual(plain('a: |\n  yes\nb: >-\n  no\n  no\n'), map({ a: 'yes\n', b: 'no no' }));
  });

  it('makes text of keys', () => {
    assert.deepEqual(plain('{n: 1, on: 2, 010: 3, "y": 4}'), map({ false: 1n, true: 2n, 8: 3n, y: 4n }));
  });

  it('keeps keys that JavaScript knows', () => {
    const keys = [...(plain('{__proto__: 1, constructor: 2, toString: 3}') as Map<string, unknown>).keys()];
    assert.deepEqual(keys, ['__proto__', 'constructor', 'toString']);
  });

  it('follows aliases and takes the latest anchor of a name', () => {
    assert.deepEqual(plain('a: &x 1\nb: *x\nc: &x [2]\nd: *x'), map({ a: 1n, b: 1n, c: [2n], d: [2n] }));
  });

  it('merges: what a map says itself wins, then the earlier source', () => {
    const text = 'a: &a {x: 1, w: 1}\nb: &b {w: 2, z: 2}\nc: {x: 0, <<: [*a, *b]}\nd: {<<: *b, z: 3}\ne: {"<<": 1}';
    const merged = plain(text) as Map<string, unknown>;
    assert.deepEqual(merged.get('c'), map({ x: 0n, w: 1n, z: 2n }));
    assert.deepEqual(merged.get('d'), map({ z: 3n, w: 2n }));
    assert.deepEqual(merged.get('e'), map({ '<<': 1n }));
  });

  it('refuses an alias within its own anchor, also by way of others', () => {
    assert.match(problems('a: &a [*a]').join(), /^YAML_LIMIT the alias \*a stands inside/);
    assert.match(problems('a: &a {b: &b {c: *a}}').join(), /^YAML_LIMIT the alias \*a/);
    assert.match(problems('&a [&b [*b]]').join(), /^YAML_LIMIT the alias \*b/);
  });

  it('gives nodes and keys their places', () => {
    const [root] = compose('# c\na:\n  b: [x,\n   y]\n  "c": z\n', 10) as [MapNode];
    assert.deepEqual([root.line, root.column], [11, 1]);
    const inner = root.entries[0]?.value as MapNode;
    assert.deepEqual(
      inner.entries.map(({ key, line, column }) => [key, line, column]),
      [
        ['b', 12, 3],
        ['c', 14, 3],
      ],
    );
    const list = inner.entries[0]?.value;
    assert.ok(list?.kind === 'list');
    assert.deepEqual(
      list.items.map(({ line, column }) => [line, column]),
      [
        [12, 7],
        [13, 4],
      ],
    );
  });

  it('gives an empty value the place of its key', () => {
    const [root] = compose('a: 1\nb:\nc:\n  # nothing\n') as [MapNode];
    assert.deepEqual(
      root.entries.map(({ value }) => [value.line, value.column]),
      [
        [1, 4],
        [2, 1],
        [3, 1],
      ],
    );
  });

  it('knows where text starts that is written as it reads', () => {
    const [root] = compose(`a: plain text\nb: "quoted"\nc: 'it''s'\nd: "\\t"\ne: |\n  block\nf: two\n  lines\n`) as [
      MapNode,
    ];
    const columns = root.entries.map(({ value }) => (value.kind === 'scalar' ? value.textColumn : 0));
    assert.deepEqual(columns, [4, 5, undefined, undefined, undefined, undefined]);
  });

  it('reports only the first error of a document and reads the next', () => {
    const { roots, diagnostics } = composeChunk({ text: 'a: [\nb: }\n...\n---\nc: 1', line: 1 }, 'f');
    assert.equal(diagnostics.length, 1);
    assert.deepEqual(roots.map(toPlain), [map({ c: 1n })]);
  });

  it('warns of a key given twice and takes the later', () => {
    const { roots, diagnostics } = composeChunk({ text: 'n: 1\nb: 2\nno: 3', line: 1 }, 'f');
    assert.deepEqual(toPlain(roots[0]!), map({ b: 2n, false: 3n }));
    assert.deepEqual(
      diagnostics.map(({ code, severity, line }) => [code, severity, line]),
      [['DUPLICATE_FIELD', 'warning', 3]],
    );
  });

  it('has nothing to say of documents that are null', () => {
    assert.deepEqual(compose('--- ~'), []);
    assert.deepEqual(compose('# only a comment'), []);
  });

  it('reads JSON, tabs and escapes included', () => {
    assert.deepEqual(
      plain('{\n\t"a/b": [1,\n\t2.5, true, null, "\\u00fc\\/\\ud83d\\ude00"]\n}'),
      map({ 'a/b': [1n, 2.5, true, null, 'ü/😀'] }),
    );
  });
});
