import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Dispatcher } from '../../src/runtime/dispatch/dispatcher.js';
import { SnapshotLease } from '../../src/runtime/lease.js';
import { LiveSnapshot } from '../../src/runtime/snapshot/live-snapshot.js';
import { bagOf, createTestHost, tableOf, vocabulary } from '../support/dispatch-fixture.js';

function setUp() {
  const test = createTestHost();
  const table = tableOf({ steps: [] });
  const snapshot = { id: 0, vocabulary, table, diagnostics: [], handlers: [] };
  const live = new LiveSnapshot(snapshot, new Dispatcher(table, test.host), []);
  return { ...test, live };
}

describe('SnapshotLease', () => {
  it('runs requests on its snapshot', async () => {
    const { live } = setUp();
    const lease = new SnapshotLease(live);
    assert.equal(lease.vocabulary, vocabulary);
    const decision = await lease.check(bagOf(), { quotas: [], deduplicationId: '' });
    assert.equal(decision.status.code, 0);
    await lease.reporter().flush();
  });

  it('holds the snapshot until it is released, and counts once', async () => {
    const { live, host, time } = setUp();
    const [first, second] = [new SnapshotLease(live), new SnapshotLease(live)];
    let retired = false;
    void live.retire(host, 1000).then(() => {
      retired = true;
    });
    first.release();
    first.release();
    await time.advance(0);
    assert.equal(retired, false);
    second.release();
    await time.advance(0);
    assert.equal(retired, true);
  });
});
