import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compilePolicy } from '../../../src/adapters/opa/compile.js';
import { wrapperEntry } from '../../../src/adapters/opa/query.js';
import { FakeOpa, succeed } from './fake-opa.js';

const opa = new FakeOpa();
let serial = 0;
/** A policy of its own each time, so that no cache has it. */
const fresh = (checkMethod = 'data.mixerauthz.allow') => ({ policy: [`package p${serial++}`], checkMethod });

describe('compilePolicy()', () => {
  it('says what to run where there is no opa', async () => {
    await assert.rejects(compilePolicy(fresh(), opa.cacheFolder), {
      message: /"opa" command is not on the PATH: install it \("go install .*"\), or run "fairlead opa build"/,
      passing: true,
    });
  });

  it('compiles for the entry point of a path, with the language of Mixer, and takes the module', async () => {
    opa.install(succeed);
    const wasm = await compilePolicy(fresh(), opa.cacheFolder);
    assert.deepEqual([...wasm.subarray(0, 4)], [0, 0x61, 0x73, 0x6d]);
    assert.deepEqual(opa.calls, [
      'build -t wasm -e mixerauthz/allow -o bundle.tar.gz --v0-compatible opa_policy.0.rego',
    ]);
  });

  it('compiles the same source once', async () => {
    opa.install(succeed);
    const source = fresh();
    await Promise.all([compilePolicy(source, opa.cacheFolder), compilePolicy({ ...source }, opa.cacheFolder)]);
    await compilePolicy({ ...source, checkMethod: ` ${source.checkMethod}` }, opa.cacheFolder);
    assert.equal(opa.calls.length, 1);
  });

  it('compiles without the flag for an opa that does not know it yet', async () => {
    opa.install(`case "$*" in *--v0*) echo 'Error: unknown flag: --v0-compatible' >&2; exit 1;; esac\n${succeed}`);
    await compilePolicy(fresh(), opa.cacheFolder);
    assert.equal(opa.calls.length, 2);
  });

  it('compiles a generated module for a query that is no path', async () => {
    opa.install(succeed);
    await compilePolicy(fresh('data.a[_]'), opa.cacheFolder);
    assert.equal(opa.calls.length, 1);
    assert.ok(opa.calls[0]!.includes(`-e ${wrapperEntry('data.a[_]')} `));
    assert.ok(opa.calls[0]!.endsWith(' opa_policy.0.rego check_method.rego'));
  });

  it('does the same for a path that names no rule', async () => {
    opa.install(`case "$*" in *check_method*) ${succeed};; *) echo 'does not refer to a rule' >&2; exit 1;; esac`);
    await compilePolicy(fresh(), opa.cacheFolder);
    assert.equal(opa.calls.length, 2);
  });

  it('tries a query as a statement when it has no value', async () => {
    const value = 'grep -q fairlead_value__ check_method.rego';
    opa.install(`if ${value}; then echo 'check_method.rego:3: unexpected eq' >&2; exit 1; fi\n${succeed}`);
    await compilePolicy(fresh('data.a = x'), opa.cacheFolder);
    assert.equal(opa.calls.length, 2);
  });

  it('gives the complaint about the value when the query is neither', async () => {
    opa.install("echo 'check_method.rego:3: rego_parse_error: no' >&2; exit 1");
    await assert.rejects(compilePolicy(fresh('data..a'), opa.cacheFolder), {
      message: 'the policy does not compile: check_method:3: rego_parse_error: no',
      passing: false,
    });
  });

  it('gives the complaint about a module, without a second try', async () => {
    opa.install("echo 'error: load error: opa_policy.0.rego:1: rego_parse_error: package expected' >&2; exit 1");
    await assert.rejects(compilePolicy(fresh('data.a[_]'), opa.cacheFolder), {
      message: 'the policy does not compile: opa_policy.0:1: rego_parse_error: package expected',
      passing: false,
    });
    assert.equal(opa.calls.length, 1);
  });

  it('tries again after a failure', async () => {
    const source = fresh();
    opa.install('exit 3');
    await assert.rejects(compilePolicy(source, opa.cacheFolder), /opa ended with 3/);
    opa.install(succeed);
    await compilePolicy(source, opa.cacheFolder);
  });

  it('ends an opa that does not stop talking', async () => {
    opa.install('yes');
    await assert.rejects(compilePolicy(fresh(), opa.cacheFolder), {
      message: /opa build could not run/,
      passing: true,
    });
  });

  it('runs two at once and no more', async () => {
    opa.install(`mkdir ../fairlead-slot-$$ && n=$(ls -d ../fairlead-slot-* | wc -l)
rmdir_late() { sleep 0.05; rmdir ../fairlead-slot-$$; }
if [ "$n" -gt 2 ]; then rmdir_late; echo "too many" >&2; exit 1; fi
rmdir_late\n${succeed}`);
    await Promise.all(Array.from({ length: 6 }, () => compilePolicy(fresh(), opa.cacheFolder)));
    assert.equal(opa.calls.length, 6);
  });

  it('leaves no files behind', () => assert.deepEqual(opa.leftovers, []));
});
