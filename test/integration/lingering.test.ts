import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCli } from '../support/cli-process.js';
import { tempFolder } from '../support/temp-folder.js';

test('a command ends although a library that it has loaded holds something open, and says what', async () => {
  const folder = tempFolder({ 'leak.mjs': 'setInterval(() => undefined, 1000);\nexport default 1;\n', 'a.yaml': '' });
  const { code, stderr } = await runCli(['validate', folder, '--adapter', join(folder, 'leak.mjs')]);
  assert.notEqual(code, null, 'it was not killed');
  assert.match(stderr, /ends with something still open: .*Timeout/);
});
