import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HandlerScheduler } from '../../../src/runtime/host/scheduler.js';
import { ManualTime, settle } from '../../support/manual-time.js';

function setUp() {
  const time = new ManualTime();
  const failures: unknown[] = [];
  const ran: string[] = [];
  return { time, failures, ran, scheduler: new HandlerScheduler(time, (cause) => void failures.push(cause)) };
}

describe('HandlerScheduler', () => {
  it('runs work as soon as it can, but never at once', async () => {
    const { time, ran, scheduler } = setUp();
    scheduler.now(() => void ran.push('x'));
    assert.deepEqual(ran, []);
    await time.advance(0);
    assert.deepEqual(ran, ['x']);
  });

  it('runs work once after its delay', async () => {
    const { time, ran, scheduler } = setUp();
    scheduler.after(50, () => void ran.push('x'));
    await time.advance(49);
    assert.deepEqual(ran, []);
    await time.advance(500);
    assert.deepEqual(ran, ['x']);
  });

  it('repeats work, never twice at once', async () => {
    const { time, scheduler } = setUp();
    const ends: (() => void)[] = [];
    scheduler.every(10, () => new Promise((resolve) => void ends.push(resolve)));
    await time.advance(100);
    assert.equal(ends.length, 1);
    ends[0]?.();
    await settle();
    await time.advance(10);
    assert.equal(ends.length, 2);
  });

  it('goes on repeating after a failure, and tells of it', async () => {
    const { time, failures, scheduler } = setUp();
    let rounds = 0;
    scheduler.every(10, () => {
      rounds++;
      throw new Error('boom');
    });
    scheduler.after(5, () => Promise.reject(new Error('bang')));
    await time.advance(30);
    assert.equal(rounds, 3);
    assert.equal(failures.length, 4);
  });

  it('does not run what was cancelled', async () => {
    const { time, ran, scheduler } = setUp();
    const cancel = scheduler.every(10, () => void ran.push('x'));
    await time.advance(10);
    cancel();
    cancel();
    await time.advance(100);
    assert.deepEqual(ran, ['x']);
    assert.equal(time.pending, 0);
  });

  it('lets work cancel itself', async () => {
    const { time, scheduler } = setUp();
    let rounds = 0;
    const cancel = scheduler.every(10, () => {
      rounds++;
      cancel();
    });
    await time.advance(100);
    assert.equal(rounds, 1);
  });

  it('stops everything and takes nothing new', async () => {
    const { time, ran, scheduler } = setUp();
    scheduler.now(() => void ran.push('a'));
    scheduler.every(10, () => void ran.push('b'));
    scheduler.stop();
    scheduler.after(10, () => void ran.push('c'));
    await time.advance(100);
    assert.deepEqual(ran, []);
    assert.equal(time.pending, 0);
  });

  it('counts waiting work', async () => {
    const { time, scheduler } = setUp();
    scheduler.now(() => undefined);
    scheduler.every(10, () => undefined);
    assert.deepEqual(scheduler.counts, { workers: 1, daemons: 1 });
    await time.advance(5);
    assert.deepEqual(scheduler.counts, { workers: 0, daemons: 1 });
  });

  for (const interval of [0, -1, NaN]) {
    it(`takes an interval of ${interval} without spinning`, async () => {
      const { time, scheduler } = setUp();
      let rounds = 0;
      scheduler.every(interval, () => {
        rounds++;
      });
      await time.advance(3);
      assert.ok(rounds <= 4);
    });
  }
});
