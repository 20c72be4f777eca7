import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { builtInAdapters } from '../../src/cli/inventory.js';
import { loadAdapters } from '../../src/cli/load-adapter.js';
import { validateConfig } from '../../src/cli/validate-config.js';
import { formatDiagnostic } from '../../src/util/diagnostics.js';
import { runCli } from '../support/cli-process.js';
import { sharedMaterial } from '../support/shared-material.js';
import { tempFolder } from '../support/temp-folder.js';

const samples = sharedMaterial('istio-samples');
const comesLater = new Set(['UNKNOWN_ADAPTER', 'NOT_SUPPORTED_YET']);

async function unexpectedErrors(path: string): Promise<string[]> {
  const adapters = await loadAdapters(builtInAdapters, '.');
  const { diagnostics, resources } = await validateConfig([path], { adapters, namespace: 'default' });
  assert.ok(resources > 0, `${path} has no resources`);
  return diagnostics.filter(({ severity, code }) => severity !== 'info' && !comesLater.has(code)).map(formatDiagnostic);
}

describe('the samples of Istio', { skip: samples.skip }, () => {
  it('have no errors but what comes later: mixer/testdata/config as one folder', async () => {
    assert.deepEqual(await unexpectedErrors(join(samples.path, 'mixer/testdata/config')), []);
  });

  for (const folder of samples.skip === false ? ['policy', 'telemetry'] : []) {
    for (const name of readdirSync(join(samples.path, 'samples/bookinfo', folder))) {
      it(`have no errors but what comes later: ${folder}/${name}`, async () => {
        assert.deepEqual(await unexpectedErrors(join(samples.path, 'samples/bookinfo', folder, name)), []);
      });
    }
  }
});

describe('fairlead validate', () => {
  const folder = tempFolder({
    'bad.yaml':
      'apiVersion: config.istio.io/v1alpha2\nkind: rule\nmetadata: {name: r}\nspec: {match: a ==, actions: []}\n',
  });

  const traffic = tempFolder({
    'traffic.yaml':
      'apiVersion: networking.istio.io/v1alpha3\nkind: VirtualService\n' +
      'metadata: {name: v}\nspec: {hosts: [a], http: [{}]}\n',
  });

  const more = tempFolder({
    'more.yaml':
      'kind: rule\nmetadata: {name: more, namespace: istio-system}\n' +
      'spec: {match: request.host == "x", actions: [{handler: prometheus, instances: [requestcount]}]}\n',
  });

  it('finds nothing wrong with the bundled shop and exits 0', async () => {
    const shop = fileURLToPath(new URL('../../examples/config/shop', import.meta.url));
    const { code, stdout } = await runCli(['validate', shop]);
    assert.equal(code, 0);
    assert.equal(stdout, '16 resources: 0 errors, 0 warnings, 0 notes\n');
  });

  it('finds nothing wrong with the bundled mesh, and what is wrong with traffic rules', async () => {
    const mesh = fileURLToPath(new URL('../../examples/config/mesh', import.meta.url));
    const sound = await runCli(['validate', mesh]);
    assert.equal(sound.stdout, '21 resources: 0 errors, 0 warnings, 0 notes\n');
    const { code, stdout } = await runCli(['validate', join(traffic, 'traffic.yaml')]);
    assert.equal(code, 1);
    assert.match(stdout, /traffic\.yaml:4:\d+: error CONFIG_INVALID: .*\(VirtualService 'v\.default' http\[0\]\)\n/);
  });

  it('lists each finding with its place, sums up, and exits 1', async () => {
    const { code, stdout } = await runCli(['validate', folder]);
    assert.equal(code, 1);
    assert.match(stdout, /bad\.yaml:4:\d+: error EXPRESSION_INVALID: /);
    assert.match(stdout, /1 resource: [1-9]\d* errors?, \d+ warnings?, \d+ notes?\n$/);
  });

  it('knows what the default telemetry brings when it is told of it', async () => {
    const { code, stdout } = await runCli(['validate', '--defaultTelemetry=metrics', join(more, 'more.yaml')]);
    assert.equal(code, 0, stdout);
    assert.equal(stdout, '1 resource: 0 errors, 0 warnings, 0 notes\n');
    assert.match((await runCli(['validate', join(more, 'more.yaml')])).stdout, /HANDLER_NOT_FOUND/);
  });

  it('says so when a path is not there, and exits 1', async () => {
    const { code, stdout } = await runCli(['validate', join(folder, 'missing')]);
    assert.equal(code, 1);
    assert.match(stdout, /FILE_UNREADABLE/);
  });
});
