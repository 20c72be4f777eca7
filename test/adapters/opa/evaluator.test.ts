import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { createEvaluator } from '../../../src/adapters/opa/evaluator.js';
import { FakeClock } from '../../../src/testing/index.js';
import { heldBytes } from '../../support/held-bytes.js';
import { compiledFile } from '../../support/rego.js';

const clock = new FakeClock();
const bytesOf = (name: string): Buffer => readFileSync(compiledFile({ name }));
const open = (name: string, query: string) => createEvaluator({ wasm: bytesOf(name), data: undefined, query, clock });

describe('createEvaluator()', () => {
  it('names the functions that a policy needs and nobody has', async () => {
    await assert.rejects(open('missing-function', 'data.missing.allow'), /cannot be called here: http\.send$/);
  });

  it('says which entry points there are, and how to get the one that is asked for', async () => {
    await assert.rejects(
      open('users-verbs', 'data.mixerauthz.deny'),
      /no entry point for "data\.mixerauthz\.deny", it has mixerauthz\/allow: .*opa build -t wasm -e mixerauthz\/deny/,
    );
    await assert.rejects(open('users-verbs', 'data.mixerauthz.allow == true'), /"fairlead opa build"$/);
  });

  it('does not take a module for one that was compiled for another query', async () => {
    await assert.rejects(open('outcomes', 'data.outcomes.open == false'), /no entry point/);
  });

  it('refuses what is no policy', async () => {
    const empty = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
    const input = { wasm: empty, data: undefined, query: 'data.a', clock };
    await assert.rejects(createEvaluator(input), /cannot be loaded/);
    const torn = { ...input, wasm: bytesOf('outcomes').subarray(0, 5000) };
    await assert.rejects(createEvaluator(torn), /cannot be loaded/);
  });

  it('refuses documents that do not fit into its memory', async () => {
    const data = Buffer.from(JSON.stringify({ a: 'x'.repeat(140 * 1024 * 1024) }));
    const input = { wasm: bytesOf('users-verbs'), data, query: 'data.mixerauthz.allow', clock };
    await assert.rejects(createEvaluator(input), /data documents cannot be loaded/);
  });

  it('keeps its memory within bounds over many decisions, and works on after an input that was too large', async () => {
    const policy = await open('users-verbs', 'data.mixerauthz.allow');
    const request = '{"action":{"method":"storage.buckets.get"},"subject":{"user":"bucket-admins"}}';
    assert.throws(() => policy.evaluate(`{"action":{"path":"${'x'.repeat(140 * 1024 * 1024)}"},"subject":{}}`));
    const before = heldBytes();
    for (let index = 0; index < 20_000; index++) assert.equal(policy.evaluate(request)[0], true);
    assert.ok(heldBytes() - before < 16 * 1024 * 1024);
  });
});
