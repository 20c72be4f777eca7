import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DeadlineQueue, type Waiting } from '../../../src/runtime/host/deadline-queue.js';
import { ManualTime } from '../../support/manual-time.js';

function setUp() {
  const time = new ManualTime();
  const queue = new DeadlineQueue({ timers: time, monotonic: time.monotonic, timeoutMs: 100 });
  const expired: string[] = [];
  const add = (name: string): Waiting => {
    const entry: Waiting = {
      due: 0,
      waits: false,
      previous: undefined,
      next: undefined,
      expire: () => void expired.push(name),
    };
    queue.add(entry, time.elapsed);
    return entry;
  };
  return { time, queue, expired, add };
}

describe('DeadlineQueue', () => {
  it('expires entries in order, each at its own deadline', async () => {
    const { time, expired, add } = setUp();
    add('a');
    await time.advance(40);
    add('b');
    await time.advance(59);
    assert.deepEqual(expired, []);
    await time.advance(1);
    assert.deepEqual(expired, ['a']);
    await time.advance(40);
    assert.deepEqual(expired, ['a', 'b']);
  });

  it('needs one timer for any number of entries', () => {
    const { time, add } = setUp();
    for (let i = 0; i < 1000; i++) add(`${i}`);
    assert.equal(time.pending, 1);
  });

  for (const gone of [0, 1, 2]) {
    it(`expires the others when entry ${gone} of three is removed`, async () => {
      const { time, queue, expired, add } = setUp();
      const entries = ['0', '1', '2'].map(add);
      assert.equal(queue.remove(entries[gone]!), true);
      assert.equal(queue.remove(entries[gone]!), false);
      await time.advance(100);
      assert.deepEqual(
        expired,
        ['0', '1', '2'].filter((name) => name !== String(gone)),
      );
      assert.equal(queue.isEmpty, true);
    });
  }

  it('cannot remove what has expired', async () => {
    const { time, queue, add } = setUp();
    const entry = add('a');
    await time.advance(100);
    assert.equal(queue.remove(entry), false);
  });

  it('stops its timer once nothing waits', async () => {
    const { time, queue, add } = setUp();
    queue.remove(add('a'));
    await time.advance(100);
    assert.equal(time.pending, 0);
  });

  it('waits again after it was empty', async () => {
    const { time, expired, add } = setUp();
    add('a');
    await time.advance(500);
    add('b');
    await time.advance(100);
    assert.deepEqual(expired, ['a', 'b']);
  });
});
