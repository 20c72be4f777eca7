import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Duration } from 'fairlead/sdk';
import { FakeClock } from 'fairlead/testing';
import { durationOf, microsOf, SteadyClock } from '../../../src/adapters/memquota/steady-clock.js';

describe('SteadyClock', () => {
  test('tells the time of the host in microseconds', () => {
    const clock = new FakeClock(1234.5678);
    assert.equal(new SteadyClock(clock).now(), 1_234_567);
  });

  test('stands still until a clock that trembles has caught up', () => {
    const clock = new FakeClock(5000);
    const steady = new SteadyClock(clock);
    steady.now();
    for (let round = 0; round < 1000; round += 1) {
      clock.set(4000);
      assert.equal(steady.now(), 5_000_000);
      clock.set(5000);
      assert.equal(steady.now(), 5_000_000);
    }
    clock.set(5001);
    assert.equal(steady.now(), 5_001_000);
  });

  test('goes on from where it was when the clock is set back by more than a second', () => {
    const clock = new FakeClock(3_600_000);
    const steady = new SteadyClock(clock);
    steady.now();
    clock.set(0);
    assert.equal(steady.now(), 3_600_000_000);
    clock.set(250);
    assert.equal(steady.now(), 3_600_250_000);
  });
});

describe('microsOf()', () => {
  test('rounds up', () => {
    assert.equal(microsOf(Duration.fromNanos(1n)), 1);
    assert.equal(microsOf(Duration.fromNanos(1_000_001_000n)), 1_000_001);
    assert.equal(microsOf(Duration.fromNanos(1_500_000_001n)), 1_500_001);
  });
});

describe('durationOf()', () => {
  test('is the inverse of microsOf() for whole microseconds', () => {
    for (const micros of [0, 1, 999_999, 1_000_000, 123_456_789_012])
      assert.equal(microsOf(durationOf(micros)), micros);
  });
});
