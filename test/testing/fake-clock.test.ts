import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FakeClock } from 'fairlead/testing';

const fail = (): never => {
  throw new Error('ran');
};

describe('FakeClock', () => {
  test('runs what is due in the order of time, each at its own time', async () => {
    const clock = new FakeClock(1000);
    const scheduler = clock.createScheduler();
    const ran: string[] = [];
    const note = (what: string) => () => void ran.push(`${what}@${clock.now()}`);
    scheduler.after(25, note('after'));
    scheduler.every(10, note('every'));
    scheduler.now(note('now'));
    await clock.advance(30);
    assert.deepEqual(ran, ['now@1000', 'every@1010', 'every@1020', 'after@1025', 'every@1030']);
    assert.equal(clock.now(), 1030);
  });

  test('runs nothing early', async () => {
    const clock = new FakeClock();
    clock.createScheduler().after(10, fail);
    await clock.advance(9);
    assert.deepEqual(clock.failures, []);
  });

  test('does not run what was cancelled, and counts what is to come', async () => {
    const clock = new FakeClock();
    const scheduler = clock.createScheduler();
    const cancel = scheduler.every(1, fail);
    scheduler.after(5, () => undefined);
    assert.equal(scheduler.pending, 2);
    cancel();
    cancel();
    assert.equal(scheduler.pending, 1);
    await clock.advance(5);
    assert.equal(scheduler.pending, 0);
    assert.deepEqual(clock.failures, []);
  });

  test('stops the work of one scheduler and leaves that of others', () => {
    const clock = new FakeClock();
    const [one, other] = [clock.createScheduler(), clock.createScheduler()];
    one.every(1, () => undefined);
    other.every(1, () => undefined);
    one.cancelAll();
    assert.deepEqual([one.pending, other.pending], [0, 1]);
  });

  test('never runs repeated work twice at once', async () => {
    const clock = new FakeClock();
    const gate = new AbortController();
    let starts = 0;
    clock.createScheduler().every(10, async () => {
      starts += 1;
      await new Promise((resolve) => gate.signal.addEventListener('abort', resolve));
    });
    await clock.advance(50);
    assert.equal(starts, 1);
    gate.abort();
    await clock.advance(20);
    assert.equal(starts, 2);
  });

  test('keeps failures and goes on', async () => {
    const clock = new FakeClock();
    const scheduler = clock.createScheduler();
    scheduler.every(10, () => {
      throw new Error('sync');
    });
    scheduler.after(15, () => Promise.reject(new Error('async')));
    await clock.advance(20);
    assert.deepEqual(
      clock.failures.map((failure) => (failure as Error).message),
      ['sync', 'async', 'sync'],
    );
  });

  test('can be set back', async () => {
    const clock = new FakeClock(5000);
    clock.set(1000);
    assert.equal(clock.now(), 1000);
    await clock.advance(1);
    assert.equal(clock.now(), 1001);
  });
});
