import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseResources } from '../../src/config/index.js';
import { mergeFiles } from '../../src/config/merge.js';

const parse = (file: string, ...names: readonly string[]) =>
  parseResources(names.map((name) => `kind: rule\nmetadata: {name: ${name}}\nspec: {from: ${file}}`).join('\n---\n'), {
    file,
    defaultNamespace: 'default',
  });
const shown = (files: Parameters<typeof mergeFiles>[0]) =>
  mergeFiles(files).resources.map(({ name, file }) => `${name} ${file}`);

describe('mergeFiles()', () => {
  it('keeps the order of the files', () => {
    assert.deepEqual(shown([parse('f', 'c', 'a'), parse('g', 'b')]), ['c f', 'a f', 'b g']);
  });

  it('takes the later of two and warns, naming the former', () => {
    const files = [parse('f', 'a', 'b'), parse('g', 'c', 'a')];
    assert.deepEqual(shown(files), ['b f', 'c g', 'a g']);
    const [warning, ...others] = mergeFiles(files).diagnostics;
    assert.deepEqual(others, []);
    assert.deepEqual(warning, {
      severity: 'warning',
      code: 'DUPLICATE_RESOURCE',
      message: 'rule "a" in namespace "default" was given before, at f:2:18; this one counts',
      file: 'g',
      line: 6,
      column: 18,
      path: 'metadata.name',
    });
  });

  it('warns of each but the first', () => {
    assert.equal(mergeFiles([parse('f', 'a', 'a', 'a')]).diagnostics.length, 2);
    assert.deepEqual(shown([parse('f', 'a', 'a', 'a')]), ['a f']);
  });

  it('prefers what is given now to what was kept, without a word', () => {
    const kept = parse('old', 'a', 'b').resources;
    const files = [parse('f', 'a'), { resources: [], diagnostics: [], kept }, parse('g', 'c')];
    assert.deepEqual(shown(files), ['a f', 'b old', 'c g']);
    assert.deepEqual(mergeFiles(files).diagnostics, []);
  });
});
