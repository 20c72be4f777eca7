import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LoadQueue } from '../../src/runtime/load-queue.js';
import { settle } from '../support/manual-time.js';

function setUp() {
  const started: number[] = [];
  const gates: { open: (value: string) => void; fail: (error: Error) => void }[] = [];
  const queue = new LoadQueue<number, string>(
    (input) => {
      started.push(input);
      return new Promise((open, fail) => gates.push({ open, fail }));
    },
    (_earlier, later) => later,
  );
  return { queue, started, gates };
}

describe('LoadQueue', () => {
  it('begins at once when nothing runs', async () => {
    const { queue, started, gates } = setUp();
    const done = queue.submit(1);
    assert.deepEqual(started, [1]);
    gates[0]!.open('one');
    assert.equal(await done, 'one');
    await queue.idle();
  });

  it('runs one at a time and skips what was overtaken', async () => {
    const { queue, started, gates } = setUp();
    const first = queue.submit(1);
    const second = queue.submit(2);
    const third = queue.submit(3);
    assert.deepEqual(started, [1]);
    gates[0]!.open('one');
    assert.equal(await first, 'one');
    await settle();
    assert.deepEqual(started, [1, 3]);
    gates[1]!.open('three');
    assert.equal(await second, 'three');
    assert.equal(await third, 'three');
  });

  it('goes on after a failure', async () => {
    const { queue, gates } = setUp();
    const first = queue.submit(1);
    const second = queue.submit(2);
    gates[0]!.fail(new Error('no'));
    await assert.rejects(first, /no/);
    await settle();
    gates[1]!.open('two');
    assert.equal(await second, 'two');
  });

  it('is idle only when nothing runs or waits', async () => {
    const { queue, gates } = setUp();
    void queue.submit(1);
    void queue.submit(2);
    let idle = false;
    void queue.idle().then(() => {
      idle = true;
    });
    gates[0]!.open('one');
    await settle();
    assert.equal(idle, false);
    gates[1]!.open('two');
    await settle();
    assert.equal(idle, true);
  });
});
