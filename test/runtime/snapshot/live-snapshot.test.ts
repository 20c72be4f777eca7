import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ManagedHandler } from '../../../src/runtime/handlers/managed-handler.js';
import { LiveSnapshot } from '../../../src/runtime/snapshot/live-snapshot.js';
import type { Snapshot } from '../../../src/runtime/snapshot/snapshot.js';
import { createTestHost } from '../../support/dispatch-fixture.js';
import { settle } from '../../support/manual-time.js';

function setUp() {
  let released = 0;
  const handler = { release: () => released++ } as unknown as ManagedHandler;
  const live = new LiveSnapshot({ id: 3 } as Snapshot, 'dispatcher', [handler]);
  return { live, count: () => released, ...createTestHost() };
}

describe('LiveSnapshot', () => {
  it('lets go of its handlers at once when no request runs', async () => {
    const { live, count, host } = setUp();
    live.enter();
    live.leave();
    assert.equal(count(), 0);
    await live.retire(host, 10);
    assert.equal(count(), 1);
  });

  it('waits for the last request', async () => {
    const { live, count, host, time } = setUp();
    live.enter();
    live.enter();
    const retired = live.retire(host, 10);
    live.leave();
    assert.equal(count(), 0);
    live.leave();
    await retired;
    assert.equal(count(), 1);
    assert.equal(time.pending, 0);
  });

  it('lets go after the timeout all the same, once, and says so', async () => {
    const { live, count, host, time, log } = setUp();
    live.enter();
    const retired = live.retire(host, 10);
    await time.advance(9);
    assert.equal(count(), 0);
    await time.advance(1);
    await retired;
    live.leave();
    await settle();
    assert.equal(count(), 1);
    assert.deepEqual(log.lines.map(({ level, fields }) => [level, fields]), [['warn', { snapshot: 3, requests: 1 }]]); // prettier-ignore
  });
});
