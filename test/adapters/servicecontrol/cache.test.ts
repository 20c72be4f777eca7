import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeClock } from 'fairlead/testing';
import { GenerationCache } from '../../../src/adapters/servicecontrol/cache.js';

describe('GenerationCache', () => {
  it('keeps a value until its time is over', async () => {
    const clock = new FakeClock();
    const cache = new GenerationCache<number>(10, clock);
    cache.set('a', 1, 100);
    await clock.advance(99);
    assert.equal(cache.get('a'), 1);
    await clock.advance(1);
    assert.equal(cache.get('a'), undefined);
  });

  it('forgets what was not used for long, and keeps what is used', () => {
    const cache = new GenerationCache<number>(10, new FakeClock());
    cache.set('used', -1, 1000);
    cache.set('unused', -1, 1000);
    for (let key = 0; key < 1000; key += 1) {
      cache.set(String(key), key, 1000);
      assert.equal(cache.get('used'), -1);
    }
    assert.equal(cache.get('unused'), undefined);
    const kept = Array.from({ length: 1000 }, (_, key) => String(key)).filter((key) => cache.get(key) !== undefined);
    assert.ok(kept.length <= 10, `${kept.length} are kept`);
    assert.ok(kept.includes('999'));
  });

  it('keeps nothing when it has no room, and one thing when it has room for one', () => {
    const none = new GenerationCache<number>(0, new FakeClock());
    none.set('a', 1, 1000);
    assert.equal(none.get('a'), undefined);
    const one = new GenerationCache<number>(1, new FakeClock());
    one.set('a', 1, 1000);
    assert.equal(one.get('a'), 1);
    one.set('b', 2, 1000);
    assert.deepEqual([one.get('a'), one.get('b')], [undefined, 2]);
  });

  it('takes any key for a key', () => {
    const cache = new GenerationCache<number>(10, new FakeClock());
    assert.equal(cache.get('__proto__'), undefined);
    assert.equal(cache.get('constructor'), undefined);
  });
});
