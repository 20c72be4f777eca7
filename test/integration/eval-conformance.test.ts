import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { runCli } from '../support/cli-process.js';
import { sharedMaterial } from '../support/shared-material.js';

interface Case {
  readonly name: string;
  readonly expr: string;
  readonly manifest: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly type?: string;
  readonly result?: unknown;
  readonly compileError?: Readonly<Record<string, unknown>>;
  readonly evalError?: Readonly<Record<string, unknown>>;
  readonly referencedAttributes?: readonly string[];
}

const shared = sharedMaterial('conformance');
const read = (name: string): unknown => JSON.parse(readFileSync(join(shared.path, name), 'utf8'));

function problems(want: Case, got: Readonly<Record<string, unknown>>): unknown[] {
  const wanted: Record<string, unknown> = {};
  if (want.compileError !== undefined) wanted['error'] = { ...want.compileError, phase: 'compile' };
  else if (want.evalError !== undefined) wanted['error'] = { ...want.evalError, phase: 'eval' };
  else Object.assign(wanted, { type: want.type, value: want.result });
  if (want.referencedAttributes !== undefined) wanted['referenced'] = want.referencedAttributes;
  const found = Object.fromEntries(Object.keys(wanted).map((key) => [key, got[key]]));
  try {
    assert.deepEqual(found, wanted);
    return [];
  } catch {
    return [{ case: want.name, wanted, got }];
  }
}

describe('fairlead eval', { skip: shared.skip }, () => {
  for (const engine of ['compiled', 'interpreted']) {
    it(`answers all expression cases with the ${engine} engine`, async () => {
      const cases = read('expressions.json') as Case[];
      const manifests = read('expressions-manifest.json') as Record<string, unknown>;
      const input = cases.map(({ expr, manifest, attributes }) =>
        JSON.stringify({ expr, manifest: manifests[manifest], attributes }),
      );
      const { code, stdout, stderr } = await runCli(['eval', '--engine', engine], `${input.join('\n')}\n`);
      assert.equal(code, 0, stderr);
      const answers = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      assert.equal(answers.length, cases.length);
      assert.deepEqual(
        cases.flatMap((one, at) => problems(one, answers[at] ?? {})),
        [],
      );
    });
  }

  it('parses and refuses what Mixer parses and refuses', async () => {
    const { good, bad } = read('parse-cases.json') as {
      good: { expr: string; canonical: string }[];
      bad: { expr: string; kind: string }[];
    };
    const input = [...good, ...bad].map(({ expr }) => JSON.stringify({ expr })).join('\n');
    const { stdout } = await runCli(['eval', '--parse'], `${input}\n`);
    const answers = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { canonical?: string; error?: { kind: string } });
    assert.deepEqual(
      answers.map(({ canonical, error }) => canonical ?? error?.kind),
      [...good.map(({ canonical }) => canonical), ...bad.map(({ kind }) => kind)],
    );
  });
});
