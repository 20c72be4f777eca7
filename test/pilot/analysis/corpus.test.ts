import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parseResources } from '../../../src/config/index.js';
import { mergeFiles } from '../../../src/config/merge.js';
import { analysers } from '../../../src/pilot/analysis/analysers/index.js';
import { analyseMesh, formatFinding } from '../../../src/pilot/analysis/index.js';

// To write the want.txt files anew: UPDATE_CORPUS=1 npm run unit -- test/pilot/analysis/corpus.test.ts, then read the
// difference.
const folder = join(import.meta.dirname, 'corpus');
const cases = readdirSync(folder);

function analyse(name: string, file: string): string {
  const text = readFileSync(join(folder, name, file), 'utf8');
  const loaded = mergeFiles([parseResources(text, { file, defaultNamespace: 'default' })]);
  return analyseMesh({ loaded })
    .map((one) => `${formatFinding(one)}\n`)
    .join('');
}

describe('the corpus of meshes with one mistake', () => {
  for (const name of cases) {
    it(`finds the mistake of ${name}, and nothing once it is repaired`, () => {
      const found = analyse(name, 'mesh.yaml');
      const wantFile = join(folder, name, 'want.txt');
      if (process.env['UPDATE_CORPUS'] === '1' || !existsSync(wantFile)) writeFileSync(wantFile, found);
      assert.equal(found, readFileSync(wantFile, 'utf8'));
      assert.equal(found.split('\n').length, 2, 'one mistake, one line');
      assert.equal(analyse(name, 'repaired.yaml'), '');
    });
  }

  it('has a case for every analyser', () => {
    const wanted = cases.map((name) => readFileSync(join(folder, name, 'want.txt'), 'utf8')).join('');
    for (const { code, name } of analysers) {
      assert(wanted.includes(`[${code}]`), code);
      const stem = code.startsWith('IST') ? `${code.toLowerCase()}-${name}` : code.toLowerCase().replaceAll('_', '-');
      assert(
        cases.some((one) => one.startsWith(stem)),
        stem,
      );
    }
  });

  it('finds nothing whose code is not in the reference', () => {
    const reference = readFileSync(join(import.meta.dirname, '../../../docs/reference/errors.md'), 'utf8');
    const codes = new Set(['IST0001', 'IST0106', ...analysers.map(({ code }) => code)]);
    for (const code of codes) assert.match(reference, new RegExp(`^\\| \`${code}\` +\\|`, 'm'), code);
  });
});
