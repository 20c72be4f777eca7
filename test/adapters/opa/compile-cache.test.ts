import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { CompileCache } from '../../../src/adapters/opa/compile-cache.js';
import { tempFolder } from '../../support/temp-folder.js';

const content = Buffer.from('compiled');

/** Something to get that counts how often it is made. */
function recipe(folder: string, create = () => Promise.resolve<Uint8Array>(content)) {
  const made = { count: 0 };
  return { made, folder, create: () => (made.count++, create()) };
}

describe('CompileCache', () => {
  const place = (): string => {
    const folder = join(tempFolder(), 'cache');
    mkdirSync(folder, { mode: 0o700 });
    return folder;
  };

  it('makes once what is wanted twice at the same time, and later', async () => {
    const cache = new CompileCache();
    const wanted = recipe(place());
    await Promise.all([cache.get('a', wanted), cache.get('a', wanted)]);
    assert.deepEqual(await cache.get('a', wanted), content);
    assert.equal(wanted.made.count, 1);
  });

  it('makes each key its own', async () => {
    const cache = new CompileCache();
    const folder = place();
    await cache.get('a', recipe(folder));
    assert.deepEqual(
      await cache.get(
        'b',
        recipe(folder, () => Promise.resolve(Buffer.from('other'))),
      ),
      Buffer.from('other'),
    );
  });

  it('finds in the folder what an earlier process made', async () => {
    const wanted = recipe(place());
    await new CompileCache().get('a', wanted);
    assert.deepEqual(Buffer.from(await new CompileCache().get('a', wanted)), content);
    assert.equal(wanted.made.count, 1);
    assert.deepEqual(readdirSync(wanted.folder), ['a.policy']);
  });

  it('makes the folder if there is none', async () => {
    const wanted = recipe(join(place(), 'deep', 'er'));
    await new CompileCache().get('a', wanted);
    assert.deepEqual(readdirSync(wanted.folder), ['a.policy']);
  });

  it('does not keep failures', async () => {
    const cache = new CompileCache();
    const folder = place();
    await assert.rejects(
      cache.get(
        'a',
        recipe(folder, () => Promise.reject(new Error('no'))),
      ),
      /no/,
    );
    assert.deepEqual(await cache.get('a', recipe(folder)), content);
  });

  for (const [what, damage] of [
    ['torn', (bytes: Buffer) => bytes.subarray(0, -1)],
    ['empty', () => Buffer.alloc(0)],
    ['changed', (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -1), Buffer.from('X')])],
  ] as const) {
    it(`makes anew what is ${what} in the folder`, async () => {
      const wanted = recipe(place());
      await new CompileCache().get('a', wanted);
      const file = join(wanted.folder, 'a.policy');
      writeFileSync(file, damage(readFileSync(file)));
      assert.deepEqual(Buffer.from(await new CompileCache().get('a', wanted)), content);
      assert.equal(wanted.made.count, 2);
    });
  }

  it('uses no folder that others can write to', async () => {
    const wanted = recipe(place());
    await new CompileCache().get('a', wanted);
    chmodSync(wanted.folder, 0o777);
    await new CompileCache().get('a', wanted);
    assert.equal(wanted.made.count, 2);
  });

  it('works without a folder where there can be none', async () => {
    const file = join(place(), 'file');
    writeFileSync(file, '');
    assert.deepEqual(await new CompileCache().get('a', recipe(join(file, 'below'))), content);
  });

  it('keeps no more than 256 files', async () => {
    const folder = place();
    for (let index = 0; index < 300; index++) writeFileSync(join(folder, `old${index}.policy`), '');
    await new CompileCache().get('a', recipe(folder));
    const names = readdirSync(folder);
    assert.equal(names.length, 256);
    assert.ok(names.includes('a.policy'));
  });

  it('keeps no more than 64 in memory, those that were used last', async () => {
    const cache = new CompileCache();
    const folder = join(place(), 'x');
    writeFileSync(folder, '');
    const below = join(folder, 'none');
    const first = recipe(below);
    const second = recipe(below);
    await cache.get('first', first);
    await cache.get('second', second);
    for (let index = 0; index < 62; index++) await cache.get(`k${index}`, recipe(below));
    await cache.get('first', first);
    await cache.get('one more', recipe(below));
    await cache.get('first', first);
    await cache.get('second', second);
    assert.deepEqual([first.made.count, second.made.count], [1, 2]);
  });
});
