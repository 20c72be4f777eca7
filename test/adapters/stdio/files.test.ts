import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { AppendFile } from '../../../src/adapters/stdio/append-file.js';
import stdio from '../../../src/adapters/stdio/index.js';
import { RotatedFile } from '../../../src/adapters/stdio/rotated-file.js';
import { fakeCall, FakeClock, fakeEnv } from '../../../src/testing/index.js';
import { entry, inputFor } from './setup.js';

const folders: string[] = [];
after(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'fairlead-stdio-'));
  folders.push(made);
  return made;
}

const text = (path: string) => readFile(path, 'utf8');
const line = (content: string) => Buffer.from(`${content}\n`);

describe('AppendFile', () => {
  it('appends to what is there', async () => {
    const path = join(await folder(), 'a.log');
    await writeFile(path, 'old\n');
    const file = await AppendFile.open(path, new FakeClock());
    assert.equal(file.size, 4);
    await file.append(line('new'));
    await file.close();
    assert.equal(await text(path), 'old\nnew\n');
    assert.equal(file.size, 8);
  });

  for (const [how, away] of [
    ['moved', (path: string) => rename(path, `${path}.1`)],
    ['deleted', unlink],
  ] as const) {
    it(`opens a file anew that was ${how}`, async () => {
      const clock = new FakeClock();
      const path = join(await folder(), 'a.log');
      const file = await AppendFile.open(path, clock);
      await file.append(line('one'));
      await away(path);
      await file.append(line('two'));
      await clock.advance(1000);
      await file.append(line('three'));
      await file.close();
      assert.equal(await text(path), 'three\n');
    });
  }

  it('fails while its folder is away, and works again when it is back', async () => {
    const clock = new FakeClock();
    const base = await folder();
    const path = join(base, 'sub', 'a.log');
    await rename(await folder(), join(base, 'sub'));
    folders.pop();
    const file = await AppendFile.open(path, clock);
    await rename(join(base, 'sub'), join(base, 'other'));
    await clock.advance(1000);
    await assert.rejects(file.append(line('lost')), { code: 'ENOENT' });
    await assert.rejects(file.append(line('lost')), { code: 'ENOENT' });
    await rename(join(base, 'other'), join(base, 'sub'));
    await file.append(line('back'));
    await file.close();
    assert.equal(await text(path), 'back\n');
  });
});

describe('RotatedFile', () => {
  const rotation = { maxBytes: 8, maxDays: 0, maxBackups: 0 };

  it('puts a file aside before it would grow beyond its limit, under the time of UTC', async () => {
    const base = await folder();
    const path = join(base, 'a.log');
    const env = fakeEnv({ clock: new FakeClock(Date.UTC(2026, 0, 2, 15, 4, 5, 6)) });
    const file = await RotatedFile.open(path, rotation, env);
    for (const content of ['one', 'two', 'three', 'seventeen bytes!', 'x']) await file.append(line(content));
    await file.close();
    assert.deepEqual((await readdir(base)).sort(), [
      'a-2026-01-02T15-04-05.006.log',
      'a-2026-01-02T15-04-05.007.log',
      'a-2026-01-02T15-04-05.008.log',
      'a.log',
    ]);
    assert.equal(await text(join(base, 'a-2026-01-02T15-04-05.006.log')), 'one\ntwo\n');
    assert.equal(await text(path), 'x\n');
  });

  it('keeps the newest of its backups, and no other file', async () => {
    const base = await folder();
    const clock = new FakeClock(Date.UTC(2026, 0, 1));
    const others = ['a-2020-01-01.log', 'b-2020-01-01T00-00-00.000.log', 'a-2020-01-01T00-00-00.000.txt'];
    for (const other of others) await writeFile(join(base, other), '');
    const file = await RotatedFile.open(join(base, 'a.log'), { ...rotation, maxBackups: 2 }, fakeEnv({ clock }));
    for (let i = 0; i < 5; i++) {
      await clock.advance(1000);
      await file.append(line(`line ${i}`));
    }
    await file.close();
    assert.deepEqual((await readdir(base)).filter((name) => !others.includes(name)).sort(), [
      'a-2026-01-01T00-00-04.000.log',
      'a-2026-01-01T00-00-05.000.log',
      'a.log',
    ]);
    for (const other of others) assert.ok(existsSync(join(base, other)));
  });

  it('deletes backups that are too old, also when it is opened', async () => {
    const base = await folder();
    const clock = new FakeClock(Date.UTC(2026, 0, 31));
    await writeFile(join(base, 'a-2026-01-01T00-00-00.000.log'), '');
    await writeFile(join(base, 'a-2026-01-02T00-00-00.000.log'), '');
    const file = await RotatedFile.open(join(base, 'a.log'), { ...rotation, maxDays: 29 }, fakeEnv({ clock }));
    await file.close();
    assert.deepEqual((await readdir(base)).sort(), ['a-2026-01-02T00-00-00.000.log', 'a.log']);
  });

  it('does not put aside again what another has put aside', async () => {
    const base = await folder();
    const path = join(base, 'a.log');
    const env = fakeEnv();
    const [one, two] = [await RotatedFile.open(path, rotation, env), await RotatedFile.open(path, rotation, env)];
    await one.append(line('one'));
    await two.append(line('seven..'));
    await one.append(line('three..'));
    await two.append(line('x'));
    await one.close();
    await two.close();
    const names = (await readdir(base)).sort();
    const all = await Promise.all(names.map((name) => text(join(base, name))));
    assert.deepEqual(all.join('').split('\n').sort(), ['', 'one', 'seven..', 'three..', 'x']);
  });
});

describe('build()', () => {
  const build = (yaml: string) => stdio.build(inputFor(yaml, { a: 'STRING' }));

  it('fails for a file that cannot be opened', async () => {
    await assert.rejects(async () => build('{log_stream: FILE, output_path: /}'), { code: 'EISDIR' });
    await assert.rejects(async () => build('{log_stream: FILE, output_path: /nowhere/a.log}'), { code: 'ENOENT' });
  });

  it('makes the folder of a rotated file', async () => {
    const path = join(await folder(), 'deep', 'a.log');
    const handler = await build(`{log_stream: ROTATED_FILE, output_path: ${path}}`);
    await handler.handleLogEntry([entry({ a: 'x' })], fakeCall());
    await handler.close?.();
    assert.match(await text(path), /^\{"level":"info",.*"a":"x"}\n$/);
  });

  it('survives a full disk', { skip: !existsSync('/dev/full') }, async () => {
    const handler = await build('{log_stream: FILE, output_path: /dev/full}');
    await handler.handleLogEntry([entry({ a: 'x' })], fakeCall());
    await handler.close?.();
  });
});
