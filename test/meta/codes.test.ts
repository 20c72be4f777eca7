import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const source = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.startsWith('gen'))
  .map((path) => readFileSync(join(root, 'src', path), 'utf8'))
  .join('\n');

/** The first column of the tables below a heading of the reference. */
function listed(heading: string): Set<string> {
  const text = readFileSync(join(root, 'docs/reference/errors.md'), 'utf8');
  const section = text.split(/^## /m).find((one) => one.startsWith(heading)) ?? '';
  return new Set([...section.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code = '']) => code));
}

const severities = new Map([
  ['error', 'error'],
  ['warning', 'warning'],
  ['info', 'info'],
]);

it('lists every diagnostic code, and none that does not exist', () => {
  const used = [
    ...source.matchAll(/\bcode: '([A-Z]+_[A-Z_]+)'/g),
    ...source.matchAll(/\b(?:report|diagnostic|problem)\('([A-Z]+_[A-Z_]+)'/g),
  ].map(([, code = '']) => code);
  // Node's own codes are not ours to list.
  const ours = used.filter((code) => !code.startsWith('EAI_'));
  assert.deepEqual([...new Set(ours)].sort(), [...listed('Diagnostics')].sort());
});

it('gives every diagnostic a severity that exists', () => {
  const text = readFileSync(join(root, 'docs/reference/errors.md'), 'utf8');
  const diagnostics = text.split(/^## /m).find((one) => one.startsWith('Diagnostics')) ?? '';
  for (const [, code = '', severity = ''] of diagnostics.matchAll(/^\| `([A-Z_]+)` \| (\w+) \|/gm)) {
    assert(severities.has(severity), `${code} is '${severity}'`);
  }
});

it('lists every code of MixerError, and none that does not exist', () => {
  const [, union = ''] = /export type ErrorCode =\n((?: {2}\| '[A-Z_]+'[\n;])+)/.exec(source + '\n') ?? [];
  const declared = [...union.matchAll(/'([A-Z_]+)'/g)].map(([, code = '']) => code);
  assert(declared.length > 5);
  assert.deepEqual(declared.sort(), [...listed('Errors')].sort());
});

it('has a use for every code of MixerError', () => {
  for (const code of listed('Errors')) {
    const uses = source.split(`'${code}'`).length - 1;
    assert(uses > 1, `${code} is declared and not used`);
  }
});
