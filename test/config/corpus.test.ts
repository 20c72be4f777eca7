import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';
import { decodeSpec, parseResources } from '../../src/config/index.js';
import { type Diagnostic, formatDiagnostic } from '../../src/util/diagnostics.js';
import { sampleSchema } from './sample-schema.js';

// Each file has one mistake (or says how many in its name); the .want file beside it lists the diagnostics.
// To write the .want files anew: UPDATE_CORPUS=1 npm run unit -- test/config/corpus.test.ts, then read the difference.
const folder = join(import.meta.dirname, '../corpus/config');

function diagnose(file: string): readonly Diagnostic[] {
  const { resources, diagnostics } = parseResources(readFileSync(join(folder, file)), {
    file,
    defaultNamespace: 'default',
  });
  return [...diagnostics, ...resources.flatMap((resource) => decodeSpec(resource, sampleSchema).diagnostics)];
}

describe('the corpus of broken configuration', () => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  assert.ok(files.length > 50);
  for (const file of files) {
    it(`finds what is wrong in ${basename(file, '.yaml')}`, () => {
      const found = diagnose(file).map((diagnostic) => `${formatDiagnostic(diagnostic)}\n`);
      const wantFile = join(folder, file.replace(/yaml$/, 'want'));
      if (process.env['UPDATE_CORPUS'] === '1') writeFileSync(wantFile, found.join(''));
      assert.equal(found.join(''), readFileSync(wantFile, 'utf8'));
    });
  }
});
