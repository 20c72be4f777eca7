import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { createBuiltins } from '../../../src/adapters/opa/builtins.js';
import { PolicyInstance } from '../../../src/adapters/opa/policy-instance.js';
import { FakeClock } from '../../../src/testing/index.js';
import { compiledFile } from '../../support/rego.js';

const data = Buffer.from('{"kept":["documents"]}');
const bufferOf = (json: string) => Uint8Array.from(Buffer.from(json)).buffer;
const conflicting = bufferOf('{"action":{"service":"s","namespace":"n"},"subject":{}}');
const sound = bufferOf('{"action":{"service":"s"},"subject":{}}');

async function load(): Promise<PolicyInstance> {
  const wasm = readFileSync(compiledFile({ name: 'outcomes' }));
  return PolicyInstance.load({ wasm, data, builtins: createBuiltins(new FakeClock()) });
}

function documentsOf({ loaded }: PolicyInstance): unknown {
  const { exports } = loaded.wasmInstance as { readonly exports: { opa_json_dump(address: number): number } };
  const start = exports.opa_json_dump(loaded.dataAddr);
  const memory = Buffer.from((loaded.mem as { readonly buffer: ArrayBuffer }).buffer);
  return JSON.parse(memory.toString('utf8', start, memory.indexOf(0, start)));
}

describe('PolicyInstance', () => {
  it('decides as before and has its documents however often it has failed', async () => {
    const instance = await load();
    const entry = (instance.loaded.entrypoints as Readonly<Record<string, number>>)['outcomes/conflict']!;
    const before = instance.evaluate(sound, entry);
    // More than the stack of one has room for.
    for (let count = 0; count < 1000; count += 1) {
      assert.throws(
        () => instance.evaluate(conflicting, entry),
        (cause) => /conflict/.test(String(cause)),
      );
    }
    assert.deepEqual(instance.evaluate(sound, entry), before);
    assert.deepEqual(documentsOf(instance), { kept: ['documents'] });
  });

  it('takes no failure for an answer that is owed to the ones before', async () => {
    const instance = await load();
    const { loaded } = instance;
    const policy = loaded as { evaluate: (input: ArrayBuffer, entry: number) => unknown };
    const trap = Object.assign(new Error('memory access out of bounds'), { name: 'RuntimeError' });
    let calls = 0;
    policy.evaluate = () => {
      calls += 1;
      throw trap;
    };
    assert.throws(() => instance.evaluate(sound, 0), trap);
    assert.equal(calls, 1);
    assert.ok(Array.isArray(instance.evaluate(sound, 0)));
    assert.equal(calls, 2);
  });
});
