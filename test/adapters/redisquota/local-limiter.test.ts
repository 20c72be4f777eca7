import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { LocalLimiter } from '../../../src/adapters/redisquota/local-limiter.js';

const base = { key: 'k', answerKey: undefined, amount: 1, bestEffort: false, max: 10, windowMillis: 1000 };

describe('the limiter without Redis', () => {
  test('grants up to its maximum, each key by itself, what is left with best effort', () => {
    const limiter = new LocalLimiter();
    assert.deepEqual(limiter.decide({ ...base, amount: 7 }, 0), { granted: 7, valid: 1e6 });
    assert.deepEqual(limiter.decide({ ...base, amount: 7 }, 0), { granted: 0, valid: 0 });
    assert.equal(limiter.decide({ ...base, amount: 7, bestEffort: true }, 0).granted, 3);
    assert.equal(limiter.decide({ ...base, amount: 7, key: 'other' }, 0).granted, 7);
    assert.equal(limiter.decide({ ...base, amount: 10 }, 999).granted, 0);
    assert.equal(limiter.decide({ ...base, amount: 10 }, 1000).granted, 10);
  });

  test('frees what a step granted one window after its last grant', () => {
    const limiter = new LocalLimiter();
    assert.equal(limiter.decide({ ...base, amount: 4 }, 0).granted, 4);
    assert.equal(limiter.decide({ ...base, amount: 4 }, 40).granted, 4);
    assert.equal(limiter.decide({ ...base, amount: 2 }, 50).granted, 2);
    assert.equal(limiter.decide(base, 1039).granted, 0);
    assert.equal(limiter.decide({ ...base, amount: 10, bestEffort: true }, 1040).granted, 8);
  });

  test('tells whole microseconds, also of a window that is no whole milliseconds', () => {
    assert.equal(new LocalLimiter().decide({ ...base, windowMillis: 1009 / 1000 }, 0).valid, 1009);
  });

  test('repeats the answer to a deduplication id while it holds', () => {
    const limiter = new LocalLimiter();
    assert.equal(limiter.decide({ ...base, answerKey: 'a', amount: 4 }, 0).granted, 4);
    assert.deepEqual(limiter.decide({ ...base, answerKey: 'a', amount: 9 }, 400), { granted: 4, valid: 600_000 });
    assert.equal(limiter.decide({ ...base, amount: 6 }, 400).granted, 6);
  });

  test('grants nothing for nothing, and nothing more when the clock is set back', () => {
    const limiter = new LocalLimiter();
    assert.equal(limiter.decide({ ...base, amount: 0 }, 0).granted, 0);
    assert.equal(limiter.decide({ ...base, amount: 10 }, 5000).granted, 10);
    assert.equal(limiter.decide(base, 0).granted, 0);
  });

  test('grants a new key nothing while too many are in use, and looks for room no more than once a second', () => {
    const limiter = new LocalLimiter();
    for (let key = 0; key < 100_000; key += 1) limiter.decide({ ...base, key: `k${key}` }, 0);
    const granted = (millis: number): number => limiter.decide({ ...base, key: 'new' }, millis).granted;
    assert.deepEqual([1, 1000, 1001].map(granted), [0, 0, 1]);
  });

  test('never exceeds its maximum in a window', () => {
    const step = fc.record({ wait: fc.integer({ min: 0, max: 400 }), amount: fc.integer({ min: 1, max: 6 }) });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const limiter = new LocalLimiter();
        const grants: { at: number; granted: number }[] = [];
        let now = 0;
        for (const { wait, amount } of steps) {
          now += wait;
          grants.push({ at: now, granted: limiter.decide({ ...base, amount, bestEffort: true }, now).granted });
          const within = grants.filter(({ at }) => at > now - 1000);
          assert.ok(within.reduce((sum, { granted }) => sum + granted, 0) <= 10);
        }
      }),
    );
  });
});
