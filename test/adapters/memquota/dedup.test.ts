import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DedupCache } from '../../../src/adapters/memquota/dedup.js';

describe('DedupCache', () => {
  const answer = { amount: 1n, expires: 0 };

  test('forgets with the second rotation', () => {
    const cache = new DedupCache();
    cache.add('a', answer);
    cache.rotate();
    assert.deepEqual(cache.get('a'), answer);
    cache.rotate();
    assert.equal(cache.get('a'), undefined);
  });

  test('takes hostile ids for ids', () => {
    const cache = new DedupCache();
    const ids = ['', '__proto__', 'constructor', '\0', '\u{1f600}', '\ud800', 'a'.repeat(100_000)];
    for (const id of ids) assert.equal(cache.get(id), undefined, id);
    for (const [index, id] of ids.entries()) cache.add(id, { amount: BigInt(index), expires: index });
    for (const [index, id] of ids.entries()) assert.equal(cache.get(id)?.expires, index);
  });

  test('finds an id although another was asked for before it was added', () => {
    const cache = new DedupCache();
    cache.get('a');
    cache.get('b');
    cache.add('a', answer);
    assert.deepEqual(cache.get('a'), answer);
    assert.equal(cache.get('b'), undefined);
  });

  test('forgets early rather than grow beyond its bound', () => {
    const cache = new DedupCache(100);
    for (let id = 0; id < 250; id += 1) cache.add(`${id}`, answer);
    assert.equal(cache.get('99'), undefined);
    for (let id = 100; id < 250; id += 1) assert.deepEqual(cache.get(`${id}`), answer);
  });
});
