import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { sharedMaterial } from '../support/shared-material.js';
import { startTestServer } from '../support/test-server.js';

const conformance = sharedMaterial('conformance/mixer');
const samples = sharedMaterial('istio-samples/mixer/testdata/config');
const files = ['attributes', 'deny', 'listcheck', 'quota', 'source_ip_deny', 'source_user_filter'];

it('answers 600 requests of an independent client as Mixer 1.3.8 did', { skip: conformance.skip }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-conformance-'));
  after(() => rmSync(folder, { recursive: true }));
  const config = join(folder, 'config');
  mkdirSync(config);
  for (const name of files) cpSync(join(samples.path, `${name}.yaml`), join(config, `${name}.yaml`));
  const client = join(folder, 'client');
  cpSync(conformance.path, client, { recursive: true });
  symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(client, 'node_modules'));

  const t = await startTestServer({ config });
  const args = ['check.mjs', t.server.address.replace('tcp://', ''), 'check-answers.json'];
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, args, { cwd: client }, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
  await t.stop();
  assert.match(output, /^600\/600 /m, output);
});
