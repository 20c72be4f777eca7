import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DedupCache } from '../../../src/adapters/memquota/dedup.js';

describe('DedupCache', () => {
  const answer = { amount: 1n, expires: 0 };

  test('forgets with the second rotation', () => {
    const cache = new DedupCache();
    cache.set('a', answer);
    cache.rotate();
    assert.equal(cache.get('a'), answer);
    cache.rotate();
    assert.equal(cache.get('a'), undefined);
  });

  test('takes hostile ids for ids', () => {
    const cache = new DedupCache();
    assert.equal(cache.get('__proto__'), undefined);
    cache.set('__proto__', answer);
    assert.equal(cache.get('__proto__'), answer);
    assert.equal(cache.get('constructor'), undefined);
  });
});
