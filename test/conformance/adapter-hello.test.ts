import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'fairlead-hello-'));
after(() => rmSync(home, { recursive: true }));

test('the example adapter passes its own tests as a package that has fairlead among its modules', async () => {
  const folder = join(home, 'adapter-hello');
  cpSync(join(root, 'examples/adapter-hello'), folder, { recursive: true });
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/fairlead'), 'dir');
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const args = ['--import', tsx, '--conditions=fairlead-source', '--test', '--test-reporter=tap', 'index.test.mjs'];
  // A test runner inside of a test runner reports to the outer one unless told that it is on its own.
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined, NODE_OPTIONS: undefined };
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder, env });
  assert.match(stdout, /^# fail 0$/m);
  assert.match(stdout, /ok \d+ - A-19 hello /);
  assert.match(stdout, /^# pass (?:2[3-9]|[3-9]\d)$/m);
});
