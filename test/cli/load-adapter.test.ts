import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { builtInAdapters } from '../../src/cli/inventory.js';
import { loadAdapter, loadAdapters } from '../../src/cli/load-adapter.js';
import { tempFolder } from '../support/temp-folder.js';

describe('loadAdapter()', () => {
  const folder = tempFolder();
  const good = { name: 'x', apiVersion: 1, templates: [], config: { kind: 'message' } };
  const write = (name: string, adapter: unknown): string => {
    writeFileSync(join(folder, name), `export default Object.assign(${JSON.stringify(adapter)}, { build() {} });`);
    return `./${name}`;
  };

  it('loads every built-in adapter by its public name', async () => {
    const adapters = await loadAdapters(builtInAdapters, folder);
    assert.deepEqual(adapters.map(({ name }) => name).sort(), [
      'bypass',
      'circonus',
      'cloudwatch',
      'denier',
      'dogstatsd',
      'fluentd',
      'kubernetesenv',
      'listchecker',
      'memquota',
      'noop',
      'opa',
      'otlp',
      'prometheus',
      'rbac',
      'redisquota',
      'servicecontrol',
      'signalfx',
      'solarwinds',
      'stackdriver',
      'statsd',
      'stdio',
      'zipkin',
    ]);
  });

  it('loads a file relative to the working directory', async () => {
    assert.equal((await loadAdapter(write('good.mjs', good), folder)).name, 'x');
  });

  it('loads a package from the working directory when fairlead does not lie beside it', async () => {
    const home = join(folder, 'node_modules/adapter-of-this-test');
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'package.json'), '{ "type": "module", "exports": "./index.js" }');
    writeFileSync(join(home, 'index.js'), `export default Object.assign(${JSON.stringify(good)}, { build() {} });`);
    assert.equal((await loadAdapter('adapter-of-this-test', folder)).name, 'x');
  });

  it('says where a package is looked for, and which module misses a part of its own', async () => {
    await assert.rejects(loadAdapter('no-such-package', folder), {
      message: `adapter module 'no-such-package': Cannot find package 'no-such-package'; a package must be installed in ${folder} or beside fairlead, a path starts with ./ or /`,
    });
    writeFileSync(join(folder, 'incomplete.mjs'), "import 'no-such-part';");
    await assert.rejects(loadAdapter('./incomplete.mjs', folder), /'no-such-part' imported from .*incomplete\.mjs/);
  });

  const refused: [what: string, adapter: unknown, says: RegExp][] = [
    [
      'another version of the contract',
      { ...good, apiVersion: 2 },
      /version 2 of the adapter contract, this is version 1/,
    ],
    ['no version', { ...good, apiVersion: undefined }, /version undefined/],
    ['no name', { ...good, name: '' }, /without a name/],
    ['no templates', { ...good, templates: undefined }, /without templates/],
    ['no config', { ...good, config: null }, /without config/],
  ];
  for (const [at, [what, adapter, says]] of refused.entries()) {
    it(`refuses ${what} by name`, async () => {
      await assert.rejects(loadAdapter(write(`bad${at}.mjs`, adapter), folder), {
        code: 'ADAPTER_INVALID',
        message: says,
      });
    });
  }

  it('refuses a module without a default export, and one that is not there', async () => {
    writeFileSync(join(folder, 'empty.mjs'), 'export const a = 1;');
    await assert.rejects(loadAdapter('./empty.mjs', folder), /no adapter as its default export/);
    await assert.rejects(loadAdapter('./missing.mjs', folder), { code: 'ADAPTER_INVALID' });
    await assert.rejects(loadAdapter('no-such-package', folder), { code: 'ADAPTER_INVALID' });
  });

  it('refuses two adapters of one name', async () => {
    const twice = [write('one.mjs', good), write('two.mjs', good)];
    await assert.rejects(loadAdapters(twice, folder), /there is an adapter 'x' already/);
  });
});
