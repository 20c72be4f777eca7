import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Duration } from 'fairlead/sdk';
import { createChooser } from '../../../src/adapters/memquota/limits.js';

const override = (maxAmount: bigint, dimensions: Record<string, string>) => ({
  maxAmount,
  validDuration: Duration.zero,
  dimensions: new Map(Object.entries(dimensions)),
});

const quota = (...overrides: ReturnType<typeof override>[]) => ({
  name: 'q',
  maxAmount: 100n,
  validDuration: Duration.fromSeconds(1),
  overrides,
});

describe('createChooser()', () => {
  test('chooses the quota itself when no override fits', () => {
    const choose = createChooser(quota(override(1n, { source: 'a' }), override(2n, { source: 'b', target: 'c' })));
    assert.equal(choose({ source: 'b', target: 'd' }).maxAmount, 100n);
    assert.equal(choose({}).maxAmount, 100n);
  });

  test('chooses the first override that fits', () => {
    const choose = createChooser(quota(override(1n, { source: 'a', target: 'b' }), override(2n, { source: 'a' })));
    assert.equal(choose({ source: 'a', target: 'b' }).maxAmount, 1n);
    assert.equal(choose({ source: 'a', target: 'c' }).maxAmount, 2n);
  });

  test('fits everything when an override has no dimensions', () => {
    assert.equal(createChooser(quota(override(1n, {})))({ source: 'a' }).maxAmount, 1n);
  });

  test('compares values by what they are', () => {
    const choose = createChooser(quota(override(1n, { ip: '192.10.1.118' }), override(2n, { size: '007' })));
    assert.equal(choose({ ip: Uint8Array.of(192, 10, 1, 118), size: 0n }).maxAmount, 1n);
    assert.equal(choose({ ip: Uint8Array.of(192, 10, 1, 119), size: 7n }).maxAmount, 2n);
  });

  test('takes an absent dimension for the empty text', () => {
    assert.equal(createChooser(quota(override(1n, { constructor: '' })))(Object.create(null)).maxAmount, 1n);
  });

  test('makes windows of whole seconds, ten ticks each', () => {
    const ticks = (text: string): number =>
      createChooser({ ...quota(), validDuration: Duration.parse(text) ?? Duration.zero })({}).windowTicks;
    assert.equal(ticks('0'), 0);
    assert.equal(ticks('-1s'), 0);
    assert.equal(ticks('1ns'), 10);
    assert.equal(ticks('1s'), 10);
    assert.equal(ticks('1.5s'), 20);
    assert.equal(ticks('1h'), 36_000);
  });
});
