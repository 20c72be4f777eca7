import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Ring } from '../../../src/sdk/delivery/ring.js';

const all = { entries: Infinity, bytes: Infinity };

describe('Ring', () => {
  it('gives in the order in which it took, across its end and through growth', () => {
    const ring = new Ring<number>();
    const got: number[] = [];
    let next = 0;
    for (const [push, take] of [
      [50, 30],
      [60, 10],
      [500, 400],
      [3, 173],
    ] as const) {
      for (let count = 0; count < push; count += 1) ring.push((next += 1), 2);
      got.push(...ring.take({ entries: take, bytes: Infinity }).items);
    }
    assert.deepEqual(
      got,
      Array.from({ length: 613 }, (_, index) => index + 1),
    );
    assert.deepEqual([ring.length, ring.bytes, ring.first, ring.end], [0, 0, 613, 613]);
  });

  it('takes what fits, and at least one', () => {
    const ring = new Ring<string>();
    for (const [item, size] of Object.entries({ a: 5, b: 4, c: 9 })) ring.push(item, size);
    assert.deepEqual(ring.take({ entries: 9, bytes: 9 }), { items: ['a', 'b'], bytes: 9 });
    assert.deepEqual(ring.take({ entries: 9, bytes: 1 }), { items: ['c'], bytes: 9 });
    assert.deepEqual(ring.take(all), { items: [], bytes: 0 });
  });

  it('drops the oldest, and everything', () => {
    const ring = new Ring<string>();
    for (const item of ['a', 'b', 'c']) ring.push(item, 1);
    ring.drop();
    assert.deepEqual([ring.length, ring.bytes], [2, 2]);
    ring.clear();
    assert.deepEqual([ring.length, ring.bytes, ring.first], [0, 0, 3]);
    ring.push('d', 1);
    assert.deepEqual(ring.take(all).items, ['d']);
  });
});
