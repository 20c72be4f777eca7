import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSampler } from '../../../src/sdk/tracing/index.js';

/** The rule as OpenCensus states it: the first 8 bytes, halved, against the share of 2^63. */
function expected(traceId: string, probability: number): boolean {
  return BigInt(`0x${traceId.slice(0, 16)}`) >> 1n < BigInt(Math.floor(probability * 2 ** 63));
}

test('probability 1 and above keeps all, 0, below and no number keeps none', () => {
  const id = 'f'.repeat(32);
  for (const probability of [1, 2]) assert.equal(createSampler(probability)(id), true);
  for (const probability of [0, -1, NaN]) assert.equal(createSampler(probability)('1'.padStart(32, '0')), false);
});

test('the first 8 bytes decide exactly, up to the last bit', () => {
  const tail = '0123456789abcdef';
  for (const probability of [0.5, 0.1, 0.999, 1e-9, 0.25, 1 / 3]) {
    const bound = BigInt(Math.floor(probability * 2 ** 63)) << 1n;
    const sampler = createSampler(probability);
    for (const value of [bound - 2n, bound - 1n, bound, bound + 1n, 2n ** 64n - 1n, 1n, 2n ** 32n]) {
      const id = value.toString(16).padStart(16, '0') + tail;
      assert.equal(sampler(id), expected(id, probability), `${id} at ${probability}`);
    }
  }
});

test('the lower half decides for a trace id of 8 bytes', () => {
  const sampler = createSampler(0.5);
  assert.equal(sampler(`${'0'.repeat(16)}7fffffffffffffff`), true);
  assert.equal(sampler(`${'0'.repeat(16)}8000000000000000`), false);
});
