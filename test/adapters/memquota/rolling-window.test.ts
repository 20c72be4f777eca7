import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Duration } from 'fairlead/sdk';
import { RollingWindow } from '../../../src/adapters/memquota/rolling-window.js';

const tick = 100_000;

type Step =
  | readonly [verb: 'take', amount: bigint, tick: number, taken: bigint, left: bigint]
  | readonly [verb: 'give', amount: bigint, tick: number, given: bigint, left: bigint];

function createWindow(max = 5n, ticks = 3): RollingWindow {
  return new RollingWindow({ max, validDuration: Duration.fromMillis(ticks * 100), tick });
}

/** What could be taken: tried, and given back to the same tick. */
function left(window: RollingWindow, now: number): bigint {
  const taken = window.take(2n ** 64n, now, true);
  window.give(taken, now);
  return taken;
}

function run(steps: readonly Step[]): void {
  const window = createWindow();
  for (const [verb, amount, at, done, rest] of steps) {
    const now = at * tick;
    const result = verb === 'take' ? window.take(amount, now, false) : window.give(amount, now);
    assert.equal(result, done, `${verb} ${amount} at ${at}`);
    assert.equal(left(window, now), rest, `left after ${verb} ${amount} at ${at}`);
  }
}

describe('RollingWindow of 5 in 3 ticks', () => {
  test('takes while something is left and has it back three ticks after the end of the tick', () => {
    run([
      ['take', 6n, 1, 0n, 5n],
      ['take', 1n, 1, 1n, 4n],
      ['take', 2n, 1, 2n, 2n],
      ['take', 2n, 1, 2n, 0n],
      ['take', 1n, 1, 0n, 0n],
      ['take', 1n, 2, 0n, 0n],
      ['take', 1n, 3, 0n, 0n],
      ['take', 1n, 4, 0n, 0n],
      ['take', 4n, 5, 4n, 1n],
      ['take', 1n, 5, 1n, 0n],
      ['take', 1n, 7, 0n, 0n],
      ['take', 1n, 8, 0n, 0n],
      ['take', 5n, 9, 5n, 0n],
      ['take', 5n, 13, 5n, 0n],
    ]);
  });

  test('gives back within the tick, a tick later, and not what has expired', () => {
    run([
      ['take', 4n, 0, 4n, 1n],
      ['give', 4n, 0, 4n, 5n],
      ['take', 4n, 0, 4n, 1n],
      ['give', 4n, 1, 4n, 5n],
      ['take', 4n, 1, 4n, 1n],
      ['give', 4n, 4, 4n, 5n],
      ['take', 4n, 4, 4n, 1n],
      ['give', 4n, 8, 0n, 5n],
    ]);
  });

  test('gives back from several ticks, youngest first', () => {
    run([
      ['take', 2n, 10, 2n, 3n],
      ['take', 2n, 11, 2n, 1n],
      ['give', 3n, 12, 3n, 4n],
      // Of tick 10 one is still taken: it comes back at 14.
      ['take', 5n, 13, 0n, 4n],
      ['take', 5n, 14, 5n, 0n],
    ]);
  });

  test('gives back only what has not expired of several ticks', () => {
    run([
      ['take', 2n, 10, 2n, 3n],
      ['take', 2n, 11, 2n, 1n],
      ['give', 4n, 14, 2n, 5n],
      ['take', 5n, 14, 5n, 0n],
      ['give', 5n, 14, 5n, 5n],
    ]);
  });

  test('takes what is left with best effort', () => {
    const window = createWindow();
    assert.equal(window.take(3n, tick, true), 3n);
    assert.equal(window.take(3n, tick, true), 2n);
    assert.equal(window.take(3n, tick, true), 0n);
  });

  test('counts a time before an earlier one as that one', () => {
    const window = createWindow();
    window.take(5n, 100 * tick, false);
    assert.equal(window.take(1n, 50 * tick, false), 0n);
    assert.equal(window.take(1n, 103 * tick, false), 0n);
    assert.equal(window.take(1n, 104 * tick, false), 1n);
  });

  test('is unused when new, given back or expired', () => {
    const window = createWindow();
    assert.equal(window.isUnused(tick), true);
    window.take(1n, tick, false);
    assert.equal(window.isUnused(5 * tick - 1), false);
    assert.equal(window.isUnused(5 * tick), true);
  });

  test('has nothing to take when the limit is negative', () => {
    const window = createWindow(-5n);
    assert.equal(window.take(1n, tick, true), 0n);
    assert.equal(window.isUnused(tick), true);
  });

  test('frees between two ticks when its length ends there', () => {
    const window = new RollingWindow({ max: 1n, validDuration: Duration.fromNanos(200_000_001n), tick });
    window.take(1n, 0, false);
    assert.equal(window.take(1n, 3 * tick, false), 0n);
    assert.equal(window.take(1n, 3 * tick + 1, false), 1n);
  });
});

describe('RollingWindow of many ticks', () => {
  test('keeps a bounded number of entries, and frees none of them early', () => {
    const ticks = 100_000;
    const window = createWindow(1_000_000n, ticks);
    for (let at = 0; at < ticks; at += 1) assert.equal(window.take(1n, at * tick, false), 1n);
    assert.equal(left(window, ticks * tick), 900_000n);
    let before = 900_000n;
    for (let at = ticks + 1; at <= 2 * ticks + 1; at += 100) {
      const there = left(window, at * tick);
      // By then ticks 0 to at - ticks - 1 are a whole window ago.
      assert.ok(there <= 900_000n + BigInt(at - ticks), `at ${at}: ${there}`);
      assert.ok(there >= before);
      before = there;
    }
    assert.equal(left(window, (2 * ticks + ticks / 500) * tick), 1_000_000n);
  });

  test('never refuses steady demand below the limit, however long it lasts', () => {
    const ticks = 10_000;
    // A tick more for the one that is not over yet, and a 500th for ticks that became longer.
    const window = createWindow(BigInt(ticks + 1 + ticks / 500), ticks);
    for (let at = 0; at < 5 * ticks; at += 1) assert.equal(window.take(1n, at * tick, false), 1n, `tick ${at}`);
  });

  test('counts as an array of ticks would, whatever the order of calls', () => {
    const random = sequence(7);
    for (let round = 0; round < 200; round += 1) {
      const [max, length] = [BigInt(random(20)), 1 + random(12)];
      const window = createWindow(max, length);
      const model = new Ring(max, length + 1);
      let at = 1000;
      for (let step = 0; step < 60; step += 1) {
        at += random(4) === 0 ? random(length * 2) : random(2);
        const amount = BigInt(1 + random(8));
        const give = random(4) === 0;
        const now = at * tick + random(tick);
        const actual = give ? window.give(amount, now) : window.take(amount, now, false);
        assert.equal(actual, give ? model.give(amount, at) : model.take(amount, at));
        assert.equal(left(window, now), model.left(at));
      }
    }
  });
});

/** The same as an array of slots, one per tick: how Mixer does it, but for the tick that it frees early. */
class Ring {
  readonly #slots = new Map<number, bigint>();

  constructor(
    readonly max: bigint,
    readonly length: number,
  ) {}

  left(tick: number): bigint {
    for (const slot of this.#slots.keys()) if (slot <= tick - this.length) this.#slots.delete(slot);
    return this.max - [...this.#slots.values()].reduce((sum, amount) => sum + amount, 0n);
  }

  take(amount: bigint, tick: number): bigint {
    if (amount > this.left(tick)) return 0n;
    this.#slots.set(tick, (this.#slots.get(tick) ?? 0n) + amount);
    return amount;
  }

  give(amount: bigint, tick: number): bigint {
    const taken = this.max - this.left(tick);
    const given = amount < taken ? amount : taken;
    let rest = given;
    for (const slot of [...this.#slots.keys()].sort((a, b) => b - a)) {
      const there = this.#slots.get(slot) ?? 0n;
      const part = there < rest ? there : rest;
      this.#slots.set(slot, there - part);
      rest -= part;
    }
    return given;
  }
}

/** A small generator of the same numbers each time. */
function sequence(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % below;
  };
}
