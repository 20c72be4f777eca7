import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RollingWindow } from '../../../src/adapters/memquota/window.js';

type Step =
  | readonly [verb: 'take', amount: bigint, tick: number, taken: bigint, left: bigint]
  | readonly [verb: 'give', amount: bigint, tick: number, given: bigint, left: bigint];

function run(steps: readonly Step[]): void {
  const window = new RollingWindow(5n, 3);
  for (const [verb, amount, tick, done, left] of steps) {
    const result = verb === 'take' ? window.take(amount, tick, false) : window.give(amount, tick);
    assert.equal(result, done, `${verb} ${amount} at ${tick}`);
    assert.equal(window.left(tick), left, `left after ${verb} ${amount} at ${tick}`);
  }
}

describe('RollingWindow of 5 in 3 ticks', () => {
  test('takes while something is left and has it back three ticks later', () => {
    run([
      ['take', 6n, 1, 0n, 5n],
      ['take', 1n, 1, 1n, 4n],
      ['take', 2n, 1, 2n, 2n],
      ['take', 2n, 1, 2n, 0n],
      ['take', 1n, 1, 0n, 0n],
      ['take', 1n, 2, 0n, 0n],
      ['take', 1n, 3, 0n, 0n],
      ['take', 1n, 4, 1n, 4n],
      ['take', 4n, 5, 4n, 0n],
      ['take', 1n, 5, 0n, 0n],
      ['take', 1n, 7, 1n, 0n],
      ['take', 1n, 7, 0n, 0n],
      ['take', 1n, 8, 1n, 3n],
      ['take', 5n, 11, 5n, 0n],
    ]);
  });

  test('gives back within the tick, a tick later, and not what has expired', () => {
    run([
      ['take', 4n, 0, 4n, 1n],
      ['give', 4n, 0, 4n, 5n],
      ['take', 4n, 0, 4n, 1n],
      ['give', 4n, 1, 4n, 5n],
      ['take', 4n, 0, 4n, 1n],
      ['give', 4n, 4, 0n, 5n],
    ]);
  });

  test('gives back from several ticks, youngest first', () => {
    run([
      ['take', 2n, 10, 2n, 3n],
      ['take', 2n, 11, 2n, 1n],
      ['give', 3n, 12, 3n, 4n],
      // Of tick 10 one is still taken: it expires at 13.
      ['take', 5n, 12, 0n, 4n],
      ['take', 5n, 13, 5n, 0n],
    ]);
  });

  test('gives back only what has not expired of several ticks', () => {
    run([
      ['take', 2n, 10, 2n, 3n],
      ['take', 2n, 11, 2n, 1n],
      ['give', 4n, 13, 2n, 5n],
      ['take', 5n, 13, 5n, 0n],
      ['give', 5n, 13, 5n, 5n],
    ]);
  });

  test('takes what is left with best effort', () => {
    const window = new RollingWindow(5n, 3);
    assert.equal(window.take(3n, 1, true), 3n);
    assert.equal(window.take(3n, 1, true), 2n);
    assert.equal(window.take(3n, 1, true), 0n);
  });

  test('stands still while the clock is set back', () => {
    const window = new RollingWindow(5n, 3);
    window.take(5n, 100, false);
    assert.equal(window.take(1n, 50, false), 0n);
    assert.equal(window.take(1n, 102, false), 0n);
    assert.equal(window.take(1n, 103, false), 1n);
  });

  test('is unused when new, given back or expired', () => {
    const window = new RollingWindow(5n, 3);
    assert.equal(window.isUnused(1), true);
    window.take(1n, 1, false);
    assert.equal(window.isUnused(3), false);
    assert.equal(window.isUnused(4), true);
  });

  test('has nothing to take when the limit is negative', () => {
    const window = new RollingWindow(-5n, 3);
    assert.equal(window.take(1n, 1, true), 0n);
    assert.equal(window.isUnused(1), true);
  });

  test('counts as an array of ticks would, whatever the order of calls', () => {
    const random = sequence(7);
    for (let round = 0; round < 200; round += 1) {
      const [max, length] = [BigInt(random(20)), 1 + random(12)];
      const window = new RollingWindow(max, length);
      const model = new Ring(max, length);
      let tick = 1000;
      for (let step = 0; step < 60; step += 1) {
        tick += random(4) === 0 ? random(length * 2) : random(2);
        const amount = BigInt(1 + random(8));
        const give = random(4) === 0;
        const actual = give ? window.give(amount, tick) : window.take(amount, tick, false);
        assert.equal(actual, give ? model.give(amount, tick) : model.take(amount, tick));
        assert.equal(window.left(tick), model.left(tick));
      }
    }
  });
});

/** The same as an array of slots, one per tick: how Mixer does it. */
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
