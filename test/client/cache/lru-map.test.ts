import assert from 'node:assert/strict';
import { it } from 'node:test';

import { LruMap } from '../../../src/client/cache/lru-map.js';

it('forgets what was used longest ago', () => {
  const map = new LruMap<number>({ capacity: 2 });
  map.set('a', 1, 0);
  map.set('b', 2, 0);
  assert.equal(map.get('a', 0), 1);
  map.set('c', 3, 0);
  assert.deepEqual([map.get('a', 0), map.get('b', 0), map.get('c', 0)], [1, undefined, 3]);
  assert.equal(map.size, 2);
});

it('forgets what nobody used for too long', () => {
  const map = new LruMap<number>({ capacity: 10, idleMillis: 100 });
  map.set('a', 1, 0);
  map.set('b', 2, 0);
  assert.equal(map.get('a', 100), 1);
  assert.equal(map.get('b', 101), undefined);
  assert.equal(map.size, 1);
  assert.equal(map.get('a', 201), undefined);
});

it('replaces a value', () => {
  const map = new LruMap<number>({ capacity: 1 });
  map.set('a', 1, 0);
  map.set('a', 2, 0);
  assert.equal(map.get('a', 0), 2);
});
