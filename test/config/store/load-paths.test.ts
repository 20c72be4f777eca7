import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadPaths } from '../../../src/config/index.js';
import { Folder, rules, summary } from './folder.js';

const options = { defaultNamespace: 'home' };

describe('loadPaths()', () => {
  it('reads files and folders as one configuration', async (t) => {
    const folder = new Folder(t);
    folder.write('one/b.yaml', rules('b'));
    folder.write('one/a.yaml', rules('a'));
    folder.write('two.txt', rules('c'));
    const result = await loadPaths([folder.at('two.txt'), folder.at('one')], options);
    assert.equal(summary(result), 'c a b');
    assert.equal(result.resources[0]?.namespace, 'home');
    assert.deepEqual(
      result.resources.map(({ file }) => file),
      ['two.txt', 'one/a.yaml', 'one/b.yaml'].map((name) => folder.at(name)),
    );
  });

  it('warns of duplicates across paths, but reads no file twice', async (t) => {
    const folder = new Folder(t);
    folder.write('a/x.yaml', rules('x'));
    folder.write('b/x.yaml', rules('x'));
    const paths = ['a', 'a/x.yaml', 'b', 'b'].map((name) => folder.at(name));
    const result = await loadPaths(paths, options);
    assert.equal(summary(result), 'x DUPLICATE_RESOURCE');
    assert.equal(result.resources[0]?.file, folder.at('b/x.yaml'));
  });

  it('reports what is missing and reads the rest', async (t) => {
    const folder = new Folder(t);
    folder.write('a.yaml', rules('a'));
    const result = await loadPaths([folder.at('absent'), folder.at('a.yaml')], options);
    assert.equal(summary(result), 'a FILE_UNREADABLE');
    assert.equal(result.diagnostics[0]?.file, folder.at('absent'));
  });

  it('sorts what it found by place', async (t) => {
    const folder = new Folder(t);
    folder.write('b.yaml', 'a: [');
    folder.write('a.yaml', 'kind: x\n---\n}\n');
    const { diagnostics } = await loadPaths([folder.at('b.yaml'), folder.at('a.yaml')], options);
    assert.deepEqual(
      diagnostics.map(({ code, line }) => [code, line]),
      [
        ['RESOURCE_INVALID', 1],
        ['YAML_SYNTAX', 3],
        ['YAML_SYNTAX', 1],
      ],
    );
  });
});
