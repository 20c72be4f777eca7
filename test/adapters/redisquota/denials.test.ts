import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FakeClock } from 'fairlead/testing';
import { Denials } from '../../../src/adapters/redisquota/denials.js';

describe('denials that are remembered', () => {
  const setUp = () => {
    const clock = new FakeClock(10_000);
    const denials = new Denials(clock);
    denials.add('k', 5, { since: 9_900, micros: 400_000 });
    return { clock, denials };
  };

  test('cover the same amount and more, not less, and no other key', () => {
    const { denials } = setUp();
    assert.deepEqual(
      [4, 5, 6].map((amount) => denials.covers('k', amount, undefined)),
      [false, true, true],
    );
    assert.equal(denials.covers('other', 5, undefined), false);
  });

  test('hold as long as Redis said, counted from when it was asked', () => {
    const { clock, denials } = setUp();
    clock.set(10_299);
    assert.equal(denials.covers('k', 5, undefined), true);
    clock.set(10_300);
    assert.equal(denials.covers('k', 5, undefined), false);
  });

  test('are forgotten when the clock was set back', () => {
    const { clock, denials } = setUp();
    clock.set(9_000);
    assert.equal(denials.covers('k', 5, undefined), false);
    clock.set(10_000);
    assert.equal(denials.covers('k', 5, undefined), false);
  });

  test('do not cover the repetition of what was granted', () => {
    const { denials } = setUp();
    denials.addGrant('id');
    assert.equal(denials.covers('k', 5, 'id'), false);
    assert.equal(denials.covers('k', 5, 'new'), true);
    for (let i = 0; i < 50_000; i += 1) denials.addGrant(`other-${i}`);
    assert.equal(denials.covers('k', 5, 'id'), false);
  });

  test('are bounded in number', () => {
    const { denials } = setUp();
    for (let i = 0; i < 20_000; i += 1) denials.add(`k${i}`, 1, { since: 10_000, micros: 1e6 });
    assert.equal(denials.covers('k', 5, undefined), false);
    assert.equal(denials.covers('k19999', 5, undefined), true);
  });
});
