import assert from 'node:assert/strict';
import { mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { relative } from 'node:path';
import { describe, it } from 'node:test';
import { spawnSync } from 'node:child_process';
import { isMissing, walk } from '../../../src/config/store/walk.js';
import { Folder } from './folder.js';

async function found(folder: Folder, from = ''): Promise<readonly string[]> {
  const { files } = await walk(folder.at(from));
  return files.map(({ path }) => relative(folder.path, path));
}

describe('walk()', () => {
  it('finds files by extension, in lexical order, folders in their place', async (t) => {
    const folder = new Folder(t);
    for (const name of ['b.yml', 'a.yaml', 'c/z.json', 'c/y.yaml', 'c.yaml', 'd.txt', 'e.yaml.bak', 'Z.yaml'])
      folder.write(name, '');
    assert.deepEqual(await found(folder), ['Z.yaml', 'a.yaml', 'b.yml', 'c/y.yaml', 'c/z.json', 'c.yaml']);
  });

  it('passes over names that start with a dot', async (t) => {
    const folder = new Folder(t);
    for (const name of ['.hidden.yaml', '.git/a.yaml', 'a.yaml']) folder.write(name, '');
    assert.deepEqual(await found(folder), ['a.yaml']);
  });

  it('takes a single file as it is called', async (t) => {
    const folder = new Folder(t);
    folder.write('rules.conf', '');
    assert.deepEqual(await found(folder, 'rules.conf'), ['rules.conf']);
  });

  it('follows the links of a mounted ConfigMap and watches what they lead to', async (t) => {
    const folder = new Folder(t);
    folder.write('..2026/a.yaml', '');
    symlinkSync('..2026', folder.at('..data'));
    symlinkSync('..data/a.yaml', folder.at('a.yaml'));
    assert.deepEqual(await found(folder), ['a.yaml']);
    const real = realpathSync(folder.path);
    assert.deepEqual([...(await walk(folder.path)).watch.keys()], [real, `${real}/..2026/a.yaml`]);
  });

  it('visits each file and folder once, whatever links say', async (t) => {
    const folder = new Folder(t);
    folder.write('a/b/x.yaml', '');
    symlinkSync('..', folder.at('a/loop'));
    symlinkSync('../..', folder.at('a/b/loop'));
    symlinkSync('a', folder.at('again'));
    symlinkSync('a/b/x.yaml', folder.at('y.yaml'));
    assert.deepEqual(await found(folder), ['a/b/x.yaml']);
  });

  it('reports links that lead nowhere or in circles', async (t) => {
    const folder = new Folder(t);
    symlinkSync('nowhere', folder.at('a.yaml'));
    symlinkSync('b.yaml', folder.at('b.yaml'));
    symlinkSync('nowhere', folder.at('other.txt'));
    const { problems } = await walk(folder.path);
    assert.deepEqual(
      problems.map(({ code, file }) => [code, relative(folder.path, file ?? '')]),
      [
        ['FILE_UNREADABLE', 'a.yaml'],
        ['FILE_UNREADABLE', 'b.yaml'],
      ],
    );
    assert.equal(problems[0]?.message, 'cannot be read: the link leads nowhere');
    assert.match(problems[1]?.message ?? '', /^cannot be read: ELOOP/);
  });

  it('does not open what is no file', async (t) => {
    const folder = new Folder(t);
    spawnSync('mkfifo', [folder.at('a.yaml')]);
    mkdirSync(folder.at('b.yaml'));
    assert.deepEqual(await found(folder), []);
  });

  it('tells that there is nothing', async (t) => {
    const folder = new Folder(t);
    assert.equal((await walk(folder.at('absent'))).present, false);
    folder.write('file', '');
    assert.equal((await walk(folder.at('file/below'))).present, false);
  });

  it('tells a folder from its successor', async (t) => {
    const folder = new Folder(t);
    mkdirSync(folder.at('a'));
    mkdirSync(folder.at('b'));
    const identities = await Promise.all(
      ['a', 'b'].map(async (name) => [...(await walk(folder.at(name))).watch.values()]),
    );
    assert.notDeepEqual(identities[0], identities[1]);
  });

  it('normalises the root', async (t) => {
    const folder = new Folder(t);
    folder.write('a/x.yaml', '');
    const { root, files } = await walk(`${folder.path}/./a/`);
    assert.equal(root, folder.at('a'));
    assert.deepEqual(
      files.map(({ path }) => path),
      [folder.at('a/x.yaml')],
    );
  });
});

describe('isMissing()', () => {
  it('knows the errors that say so', () => {
    assert.equal(isMissing(Object.assign(new Error(), { code: 'ENOENT' })), true);
    assert.equal(isMissing(Object.assign(new Error(), { code: 'EACCES' })), false);
    assert.equal(isMissing('ENOENT'), false);
  });
});
