import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { describe, it } from 'node:test';

import { runProgram } from '../../../src/cli/program.js';
import { FakeOpa, succeed } from '../../adapters/opa/fake-opa.js';
import { tempFolder } from '../../support/temp-folder.js';

const opa = new FakeOpa();
// The cache of compiled policies is below it.
process.env['HOME'] = tempFolder();

async function run(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  let code = 0;
  const context = {
    ...{ stdin: Readable.from(['']), stdout, stderr, colour: false, workingDirectory: '.', self: 'fairlead' },
    exitWith: (wanted: number) => void (code = wanted),
    onStrayRejection: () => undefined,
    stopRequested: () => new Promise<string>(() => undefined),
  };
  await runProgram(['opa', 'build', ...args], context, { version: '9.8.7', node: 'v20' });
  const text = (stream: PassThrough): string => (stream.read() as Buffer | null)?.toString() ?? '';
  return { code, out: text(stdout), err: text(stderr) };
}

let serial = 0;
const handler = (): string => `# who may what
kind: handler
metadata: { name: h }
spec:
  compiledAdapter: opa
  params:
    check_method: data.mixerauthz.allow # the question
    policy: ["package p${serial++}"]
`;

describe('fairlead opa build', () => {
  it('prints the configuration with the compiled policy in the place of its source', async () => {
    opa.install(succeed);
    const folder = tempFolder({ 'a.yaml': handler() });
    const { code, out, err } = await run(join(folder, 'a.yaml'));
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /^---\n# who may what\nkind: handler\n/);
    assert.match(out, /check_method: data\.mixerauthz\.allow # the question\n {4}policyWasm: \|\n {6}H4sI/);
    assert.ok(!out.includes('policy:'));
  });

  it('writes files under their names, and leaves alone what has no policy', async () => {
    opa.install(succeed);
    const other = 'kind:   handler   # untouched\nmetadata: {name: n}\nspec: {compiledAdapter: noop}\n';
    const folder = tempFolder({ 'other.yml': other, 'notes.txt': 'policy' });
    mkdirSync(join(folder, 'sub'));
    writeFileSync(join(folder, 'sub', 'two.yaml'), `${handler()}---\n${handler()}`);
    const output = join(tempFolder(), 'out');
    const { code, out } = await run(folder, '-o', output);
    assert.equal(code, 0);
    assert.equal(readFileSync(join(output, 'other.yml'), 'utf8'), other);
    assert.equal(readFileSync(join(output, 'sub', 'two.yaml'), 'utf8').match(/policyWasm: \|/g)?.length, 2);
    assert.deepEqual(out.split('\n'), [
      `${join(output, 'other.yml')}: 0 policies compiled`,
      `${join(output, 'sub', 'two.yaml')}: 2 policies compiled`,
      '',
    ]);
  });

  it('writes nothing of a file whose policies do not all compile, but goes on with the others', async () => {
    opa.install(`if grep -q bad opa_policy.0.rego; then echo 'opa_policy.0.rego:1: no' >&2; exit 1; fi\n${succeed}`);
    const bad = handler().replace('package p', 'bad p').replace('name: h', 'name: b');
    const folder = tempFolder({ '1.yaml': `${handler()}---\n${bad}`, '2.yaml': handler() });
    const { code, out, err } = await run(folder);
    assert.equal(code, 1);
    assert.equal(err, `${join(folder, '1.yaml')}: handler "b": the policy does not compile: opa_policy.0:1: no\n`);
    assert.equal(out.match(/^kind: handler$/gm)?.length, 1);
  });

  it('is refused for paths that are not there and names that clash', async () => {
    const [one, two] = [tempFolder({ 'a.yaml': '' }), tempFolder({ 'a.yaml': '' })];
    const missing = await run(join(one, 'none'));
    assert.deepEqual([missing.code, missing.err], [2, `fairlead: there is no file or folder '${join(one, 'none')}'\n`]);
    assert.equal((await run(one, two)).err, "fairlead: there are two files called 'a.yaml'\n");
    assert.equal((await run()).code, 2);
  });
});
