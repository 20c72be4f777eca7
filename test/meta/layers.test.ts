import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, describe, it } from 'node:test';

const root = resolve(import.meta.dirname, '../..');
const tree = mkdtempSync(join(tmpdir(), 'fairlead-layers-'));
after(() => rmSync(tree, { recursive: true, force: true }));

function plant(files: Readonly<Record<string, string>>): string {
  rmSync(join(tree, 'src'), { recursive: true, force: true });
  for (const name of ['package.json', 'tsconfig.json', '.dependency-cruiser.cjs'])
    cpSync(join(root, name), join(tree, name));
  rmSync(join(tree, 'node_modules'), { force: true });
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
  const sound = {
    'src/sdk/index.ts': 'export const s = 1;',
    'src/runtime/index.ts': 'export const r = 1;',
    'src/util/x.ts': 'export const x = 1;',
  };
  for (const [file, text] of Object.entries({ ...sound, ...files })) {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    writeFileSync(join(tree, file), text);
  }
  const bin = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const { stdout } = spawnSync(process.execPath, [bin, '--config', '.dependency-cruiser.cjs', 'src'], {
    cwd: tree,
    encoding: 'utf8',
  });
  return stdout;
}

describe('the layer rule', () => {
  it('accepts an adapter that imports the sdk by package name', () => {
    assert.match(
      plant({ 'src/adapters/a/index.ts': "import { s } from 'fairlead/sdk'; export default s;" }),
      /no dependency violations/,
    );
  });

  it('lets the opa adapter start its compiler, in one file', () => {
    assert.match(
      plant({ 'src/adapters/opa/opa-command.ts': "import 'node:child_process';" }),
      /no dependency violations/,
    );
  });

  const violations: [string, string, Record<string, string>][] = [
    [
      'an adapter that imports the sdk by path',
      'third-party-parity',
      { 'src/adapters/a/index.ts': "export { s } from '../../sdk/index.js';" },
    ],
    [
      'an adapter that imports the runtime',
      'layer-adapters',
      { 'src/adapters/a/index.ts': "export { r } from '../../runtime/index.js';" },
    ],
    [
      'an adapter that imports another',
      'adapters-are-islands',
      {
        'src/adapters/a/index.ts': "export { b } from '../b/index.js';",
        'src/adapters/b/index.ts': 'export const b = 1;',
      },
    ],
    ['a layer that imports one above it', 'layer-sdk', { 'src/sdk/up.ts': "export { r } from '../runtime/index.js';" }],
    [
      'an import past an index',
      'entry-files-only',
      { 'src/runtime/deep.ts': 'export const d = 1;', 'src/mixer/index.ts': "export { d } from '../runtime/deep.js';" },
    ],
    [
      'a cycle',
      'no-cycles',
      {
        'src/util/a.ts': "import './b.js'; export const a = 1;",
        'src/util/b.ts': "import './a.js'; export const b = 1;",
      },
    ],
    ['a folder that the table does not list', 'unknown-folder', { 'src/misc/a.ts': "import '../util/x.js';" }],
    [
      'the process module outside of the cli',
      'process-only-in-cli',
      { 'src/runtime/p.ts': "import 'node:child_process';" },
    ],
    [
      'a child process in another file of the opa adapter than its one exception',
      'process-only-in-cli',
      { 'src/adapters/opa/handler.ts': "import 'node:child_process';" },
    ],
    [
      'a child process in another adapter, whatever its file is called',
      'process-only-in-cli',
      { 'src/adapters/a/opa-command.ts': "import 'node:child_process';" },
    ],
    [
      'more than a child process in the opa adapter',
      'opa-command-only-starts-opa',
      { 'src/adapters/opa/opa-command.ts': "import 'node:process';" },
    ],
  ];
  for (const [what, rule, files] of violations) {
    it(`finds ${what}`, () => assert.match(plant(files), new RegExp(`error ${rule}:`)));
  }
});
