import assert from 'node:assert/strict';
import { rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { mergeFiles } from '../../../src/config/merge.js';
import { FileTable } from '../../../src/config/store/file-table.js';
import { unreadable, walk, type Walk } from '../../../src/config/store/walk.js';
import { MAX_FILE_BYTES } from '../../../src/config/limits.js';
import { Folder, rules, summary } from './folder.js';

class Table {
  readonly table = new FileTable('default');

  constructor(readonly folder: Folder) {}

  async look(change: Partial<Walk> = {}, force = true): Promise<string> {
    const found = await walk(this.folder.path);
    return summary(mergeFiles(await this.table.update({ ...found, ...change }, force)));
  }
}

describe('FileTable', () => {
  it('reads what is there and forgets what is gone', async (t) => {
    const table = new Table(new Folder(t));
    table.folder.write('a.yaml', rules('a', 'b'));
    table.folder.write('c.yaml', rules('c'));
    assert.equal(await table.look(), 'a b c');
    rmSync(table.folder.at('a.yaml'));
    assert.equal(await table.look(), 'c');
  });

  it('keeps of a broken file what it no longer gives', async (t) => {
    const table = new Table(new Folder(t));
    table.folder.write('a.yaml', rules('a', 'b', 'c'));
    await table.look();
    table.folder.write('a.yaml', `${rules('a=changed')}---\nkind: rule\nmetadata: {name: b`);
    assert.equal(await table.look(), 'a b c YAML_SYNTAX');
    const [result] = table.table.results();
    assert.deepEqual(
      result?.resources.map(({ name }) => name),
      ['a'],
    );
    table.folder.write('a.yaml', '{');
    assert.equal(await table.look(), 'b c a YAML_SYNTAX');
    table.folder.write('a.yaml', rules('c'));
    assert.equal(await table.look(), 'c');
  });

  it('lets go of what is deleted from a file in which another document has been no resource all along', async (t) => {
    const table = new Table(new Folder(t));
    const stray = '---\nkind: rule\nmetadata: {}\n';
    table.folder.write('a.yaml', `${rules('a', 'b', 'c')}${stray}`);
    assert.equal(await table.look(), 'a b c RESOURCE_INVALID');
    table.folder.write('a.yaml', `${stray}---\n${rules('a', 'b')}`);
    assert.equal(await table.look(), 'a b RESOURCE_INVALID');
    table.folder.write('a.yaml', `${rules('a')}${stray}${stray}`);
    assert.equal(await table.look(), 'a b RESOURCE_INVALID RESOURCE_INVALID');
    table.folder.write('a.yaml', `${stray}${stray}`);
    assert.equal(await table.look(), 'b RESOURCE_INVALID RESOURCE_INVALID');
  });

  it('lets a sound file take over what a broken one keeps', async (t) => {
    const table = new Table(new Folder(t));
    table.folder.write('a.yaml', rules('a', 'b'));
    await table.look();
    table.folder.write('a.yaml', '{');
    table.folder.write('b.yaml', rules('b'));
    assert.equal(await table.look(), 'a b YAML_SYNTAX');
  });

  it('keeps what a file gave that cannot be read any more', async (t) => {
    const table = new Table(new Folder(t));
    table.folder.write('a.yaml', rules('a'));
    await table.look();
    rmSync(table.folder.at('a.yaml'));
    symlinkSync('a.yaml', table.folder.at('a.yaml'));
    assert.equal(await table.look(), 'a');
    rmSync(table.folder.at('a.yaml'));
    table.folder.write('a.yaml', ' '.repeat(MAX_FILE_BYTES + 1));
    assert.equal(await table.look(), 'a YAML_LIMIT');
    table.folder.write('a.yaml', rules('b'));
    assert.equal(await table.look(), 'b');
  });

  it('keeps what lies in a folder that cannot be looked into', async (t) => {
    const table = new Table(new Folder(t));
    table.folder.write('a/a.yaml', rules('a'));
    table.folder.write('aa/b.yaml', rules('b'));
    await table.look();
    const problem = unreadable(table.folder.at('a'), 'forbidden');
    assert.equal(await table.look({ files: [], problems: [problem] }), 'a');
    assert.equal(await table.look(), 'a b');
  });

  it('keeps everything when the root cannot be looked into', async (t) => {
    const table = new Table(new Folder(t));
    table.folder.write('a/a.yaml', rules('a'));
    await table.look();
    assert.equal(await table.look({ files: [], problems: [unreadable(table.folder.path, 'forbidden')] }), 'a');
  });

  it('reads again only what has another stamp, unless told to', async (t) => {
    const table = new Table(new Folder(t));
    table.folder.write('a.yaml', rules('a'));
    await table.look();
    const before = table.table.results()[0];
    const { files } = await walk(table.folder.path);
    writeFileSync(table.folder.at('a.yaml'), rules('b'));
    assert.equal(await table.look({ files }, false), 'a');
    assert.equal(table.table.results()[0], before);
    assert.equal(await table.look({ files }, true), 'b');
    writeFileSync(table.folder.at('a.yaml'), rules('c'));
    utimesSync(table.folder.at('a.yaml'), 1, 1);
    assert.equal(await table.look({}, false), 'c');
  });

  it('does not parse again what has not changed', async (t) => {
    const table = new Table(new Folder(t));
    table.folder.write('a.yaml', rules('a'));
    await table.look();
    const [before] = table.table.results();
    utimesSync(table.folder.at('a.yaml'), 1, 1);
    await table.look();
    assert.equal(table.table.results()[0]?.resources, before?.resources);
  });
});
