import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { Prefetch, type PrefetchWish } from '../../../src/client/cache/prefetch.js';

/** Grants what is asked for, or the given amount. */
function settle(wish: PrefetchWish | undefined, now: number, granted = wish?.amount ?? 0, validMillis = 60_000): void {
  wish?.settle({ granted, validMillis }, now);
}

describe('a prefetch (1.12)', () => {
  it('asks for ten at first, and lets pass meanwhile', () => {
    const prefetch = new Prefetch();
    const { passed, wish } = prefetch.check(1, 0);
    assert.equal(passed, true);
    assert.equal(wish?.amount, 10);
    assert.deepEqual(prefetch.check(1, 1), { passed: true, wish: undefined });
  });

  it('asks for the amount when that is more', () => {
    assert.equal(new Prefetch().check(25, 0).wish?.amount, 25);
  });

  it('asks again when less than half of what the last second needed is left', () => {
    const prefetch = new Prefetch();
    settle(prefetch.check(1, 0).wish, 0);
    const asked: number[] = [];
    for (let at = 1; at <= 20; at++) {
      const { passed, wish } = prefetch.check(1, at);
      assert.equal(passed, true);
      if (wish !== undefined) asked.push(at);
      settle(wish, at);
    }
    // The first time four are left, less than half of ten; the second time six, less than half of the fourteen so far.
    assert.deepEqual(asked, [6, 14]);
  });

  it('predicts by the last second', () => {
    const prefetch = new Prefetch();
    for (let at = 0; at < 100; at++) settle(prefetch.check(1, at).wish, at);
    let wish: PrefetchWish | undefined;
    for (let at = 100; at < 400 && wish === undefined; at++) wish = prefetch.check(1, at).wish;
    assert.ok(wish !== undefined && wish.amount > 90, String(wish?.amount));
    settle(wish, 400);
    let later: PrefetchWish | undefined;
    for (let at = 0; later === undefined; at++) later = prefetch.check(1, 5000 + at).wish;
    assert.ok(later.amount < 110);
  });

  it('takes back what was not granted, and waits half a second before it asks again', () => {
    const prefetch = new Prefetch();
    const first = prefetch.check(1, 0);
    settle(first.wish, 0, 3);
    const passed = [1, 2, 3, 4, 5].map((at) => prefetch.check(1, at));
    assert.deepEqual(
      passed.map((one) => one.passed),
      [true, true, false, false, false],
    );
    assert.ok(passed.every((one) => one.wish === undefined));
    assert.equal(prefetch.check(1, 499).wish, undefined);
    const again = prefetch.check(1, 500);
    assert.equal(again.wish?.amount, 10);
    // Closed: nothing passes on credit.
    assert.equal(again.passed, false);
    assert.equal(prefetch.check(1, 1200).wish, undefined);
    settle(again.wish, 1300, 10);
    assert.equal(prefetch.check(1, 1301).passed, true);
  });

  it('passes an amount whole or not at all', () => {
    const prefetch = new Prefetch();
    settle(prefetch.check(1, 0).wish, 0, 4);
    assert.equal(prefetch.check(5, 1).passed, false);
    assert.equal(prefetch.check(3, 2).passed, true);
  });

  it('counts a call without an answer as granted, for a minute', () => {
    const prefetch = new Prefetch();
    prefetch.check(1, 0).wish?.settle(undefined, 0);
    assert.equal(prefetch.check(1, 59_999).passed, true);
    const late = prefetch.check(1, 60_001);
    assert.equal(late.wish?.amount, 10);
  });

  it('lets grants end when they are no longer valid', () => {
    const prefetch = new Prefetch();
    settle(prefetch.check(1, 0).wish, 0, 9, 100);
    assert.equal(prefetch.check(1, 99).passed, true);
    assert.equal(prefetch.check(1, 101).passed, false);
  });

  it('has one call under way unless more is needed at once', () => {
    const prefetch = new Prefetch();
    assert.ok(prefetch.check(1, 0).wish);
    for (let at = 1; at < 10; at++) assert.equal(prefetch.check(1, at).wish, undefined);
    assert.ok(prefetch.check(1, 10).wish);
  });
});
