import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';
import { parseResources } from '../../../src/config/index.js';
import { decodeConfig, kindOf } from '../../../src/pilot/kinds/decode-config.js';
import { kinds } from '../../../src/pilot/kinds/table.js';
import { formatDiagnostic } from '../../../src/util/diagnostics.js';
import { sharedMaterial } from '../../support/shared-material.js';

// To write the .want files anew: UPDATE_CORPUS=1 npm run unit -- test/pilot/kinds/corpus.test.ts, then read the
// difference.
const folder = join(import.meta.dirname, '../../corpus/pilot');

function read(path: string, file: string) {
  const { resources, diagnostics } = parseResources(readFileSync(path), { file, defaultNamespace: 'default' });
  assert.deepEqual(diagnostics, []);
  return resources.map((resource) => {
    const kind = kindOf(resource);
    assert(kind !== undefined, `${resource.kind} is a kind of Pilot`);
    return { name: resource.name, kind, ...decodeConfig(resource, kind) };
  });
}

describe('the corpus of broken resources', () => {
  const files = readdirSync(join(folder, 'bad')).filter((file) => file.endsWith('.yaml'));

  it('has a file for every kind', () => {
    const covered = files.flatMap((file) => read(join(folder, 'bad', file), file).map(({ kind }) => kind));
    assert.deepEqual([...new Set(covered)].sort(), Object.keys(kinds).sort());
  });

  for (const file of files) {
    it(`finds the mistakes of ${basename(file, '.yaml')}`, () => {
      const rows = read(join(folder, 'bad', file), file);
      const found = rows.flatMap(({ diagnostics }) => diagnostics.map((one) => `${formatDiagnostic(one)}\n`));
      const wantFile = join(folder, 'bad', file.replace(/yaml$/, 'want'));
      if (process.env['UPDATE_CORPUS'] === '1') writeFileSync(wantFile, found.join(''));
      assert.equal(found.join(''), readFileSync(wantFile, 'utf8'));
      for (const { name, diagnostics, config } of rows) {
        assert(diagnostics.length > 0, `${name} has a mistake`);
        assert.equal(
          config === undefined,
          diagnostics.some(({ severity }) => severity === 'error'),
          name,
        );
      }
    });
  }
});

describe('the corpus of sound resources', () => {
  for (const file of readdirSync(join(folder, 'good'))) {
    it(`has nothing against ${basename(file, '.yaml')}`, () => {
      const rows = read(join(folder, 'good', file), file);
      assert(rows.length > 0);
      assert.deepEqual(
        rows.flatMap(({ diagnostics }) => diagnostics.map(formatDiagnostic)),
        [],
      );
    });
  }
});

const samples = sharedMaterial('istio-samples/samples/bookinfo/networking');

describe('the samples of bookinfo', { skip: samples.skip }, () => {
  const files = samples.skip === false ? readdirSync(samples.path).filter((file) => file.endsWith('.yaml')) : [];
  for (const file of files) {
    it(`decodes ${file}`, () => {
      const rows = read(join(samples.path, file), file);
      assert(rows.length > 0);
      for (const { config, diagnostics } of rows) {
        assert.deepEqual(diagnostics.map(formatDiagnostic), []);
        assert(config !== undefined);
      }
    });
  }
});
