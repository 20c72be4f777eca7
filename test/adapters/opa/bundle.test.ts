import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { readCompiled } from '../../../src/adapters/opa/bundle.js';
import { compiledFile } from '../../support/rego.js';

const wasm = readFileSync(compiledFile({ name: 'users-verbs' }));
const bundle = readFileSync(compiledFile({ name: 'data-driven', data: 'data-driven.data.json' }));

function tar(entries: readonly { name: string; content: Uint8Array; kind?: string; size?: string }[]): Buffer {
  const blocks = entries.flatMap(({ name, content, kind = '0', size }) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write(size ?? content.length.toString(8).padStart(11, '0'), 124);
    header.write(kind, 156);
    return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

describe('readCompiled()', () => {
  it('takes a module as it is', async () => {
    assert.deepEqual(await readCompiled(wasm), { wasm, data: undefined });
  });

  it('unzips a module', async () => {
    assert.deepEqual(await readCompiled(gzipSync(wasm)), { wasm, data: undefined });
  });

  it('takes module and documents out of a bundle that opa wrote', async () => {
    const { wasm: module, data } = await readCompiled(bundle);
    assert.deepEqual(module.subarray(0, 4), wasm.subarray(0, 4));
    assert.deepEqual(Object.keys(JSON.parse(Buffer.from(data!).toString()) as object), ['table']);
  });

  it('finds files whatever their names start with, and skips what is no file', async () => {
    const entries = [
      { name: 'policy.wasm', content: Buffer.from('not this'), kind: '5' },
      { name: './policy.wasm', content: wasm },
    ];
    assert.deepEqual(Buffer.from((await readCompiled(tar(entries))).wasm), wasm);
  });

  const bad: readonly [string, Uint8Array, RegExp][] = [
    ['nothing', Buffer.alloc(0), /neither a wasm module nor a bundle/],
    ['Rego source', Buffer.from('package a'), /neither a wasm module nor a bundle/],
    ['a torn bundle', bundle.subarray(0, 1000), /cannot be unpacked/],
    ['a bundle without a module', tar([{ name: '/data.json', content: Buffer.from('{}') }]), /has no policy\.wasm/],
    ['a module that is none', tar([{ name: '/policy.wasm', content: Buffer.from('hello') }]), /has no policy\.wasm/],
    ['a size beyond the end', tar([{ name: '/policy.wasm', content: wasm, size: '77777777777' }]), /is damaged/],
    ['a size that is none', tar([{ name: '/policy.wasm', content: wasm, size: '-1' }]), /is damaged/],
  ];
  for (const [what, bytes, message] of bad) {
    it(`refuses ${what}`, () => assert.rejects(readCompiled(bytes), message));
  }

  it('refuses a bundle that unpacks to more than it may', async () => {
    const bomb = gzipSync(Buffer.alloc(257 * 1024 * 1024));
    await assert.rejects(readCompiled(bomb), /cannot be unpacked/);
  });
});
