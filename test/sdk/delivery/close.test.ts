import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { delivered, type Fixture, fixture, offerAll, retry } from './support.js';

const batch = ['a', 'b', 'c'];

/** Closes as a host does, and tells how long it took. */
async function close({ env, delivery }: Fixture): Promise<number> {
  env.abort();
  const start = env.clock.now();
  let took: number | undefined;
  const closed = delivery.close().then(() => {
    took = env.clock.now() - start;
  });
  for (let step = 0; took === undefined; step = 100) await env.clock.advance(step);
  await closed;
  env.dispose();
  return took;
}

describe('createDelivery(): close', () => {
  it('brings out what waits', async () => {
    const all = fixture();
    offerAll(all.delivery, [...batch, 'd']);
    await close(all);
    assert.deepEqual(all.backend.batches, [batch, ['d']]);
    assert.equal(all.measured('sent'), 4);
    assert.equal(all.delivery.state.entries, 0);
  });

  it('takes nothing any more', async () => {
    const all = fixture();
    await close(all);
    assert.equal(all.delivery.offer('a'), false);
  });

  it('counts what comes while it closes', async () => {
    const all = fixture({ closeMillis: 1000 });
    all.backend.fallback = 'hang';
    all.delivery.offer('a');
    const closed = all.delivery.close();
    all.delivery.offer('b');
    await all.env.clock.advance(1000);
    await closed;
    assert.equal(all.measured('dropped:closed'), 2);
  });

  it('drops what is not out when the time is over, and aborts what is on its way', async () => {
    const all = fixture({ closeMillis: 2000, timeoutMillis: 60_000 });
    all.backend.fallback = 'hang';
    offerAll(all.delivery, [...batch, 'd']);
    assert.equal(await close(all), 2000);
    assert.equal(all.backend.contexts[0]!.signal.aborted, true);
    assert.equal(all.measured('dropped:closed'), 4);
    assert.equal(all.delivery.state.entries, 0);
    assert.equal(all.env.schedule.pending, 0);
  });

  it('does not wait for a back-off', async () => {
    const all = fixture();
    all.backend.script.push({ kind: 'retry', reason: 'busy', retryAfterMillis: 60_000 });
    offerAll(all.delivery, batch);
    await all.env.clock.advance(10);
    assert.equal(await close(all), 0);
    assert.equal(all.measured('sent'), 3);
  });

  it('gives a dead backend one more chance and does not wait for its time to be over', async () => {
    const all = fixture({ circuit: { failures: 2, openMillis: 60_000 } });
    all.backend.fallback = retry;
    offerAll(all.delivery, [...batch, 'd']);
    await all.env.clock.advance(1000);
    assert.equal(await close(all), 0);
    assert.equal(all.backend.batches.length, 3);
    assert.equal(all.measured('dropped:closed'), 4);
  });

  it('brings all out when a backend thought dead is there again', async () => {
    const all = fixture({ circuit: { failures: 2, openMillis: 60_000 } });
    all.backend.fallback = retry;
    offerAll(all.delivery, [...batch, 'd']);
    await all.env.clock.advance(1000);
    all.backend.fallback = delivered;
    assert.equal(await close(all), 0);
    assert.equal(all.measured('sent'), 4);
  });

  it('tells of the last drops', async () => {
    const all = fixture({ closeMillis: 100 });
    all.backend.fallback = 'hang';
    offerAll(all.delivery, batch);
    await close(all);
    assert.deepEqual(all.env.logged.at(-1)!.fields, { queue: 'logs', closed: 3 });
  });

  it('does nothing the second time', async () => {
    const all = fixture();
    all.delivery.offer('a');
    await close(all);
    await all.delivery.close();
    assert.equal(all.backend.batches.length, 1);
  });

  it('takes no longer than the host waits, whatever is asked for', async () => {
    const all = fixture({ closeMillis: 60_000, timeoutMillis: 60_000 });
    all.backend.fallback = 'hang';
    all.delivery.offer('a');
    assert.equal(await close(all), 9000);
  });

  it('settles flushes that still wait', async () => {
    const all = fixture({ closeMillis: 100 });
    all.backend.fallback = 'hang';
    all.delivery.offer('a');
    const flushed = all.delivery.flush();
    await close(all);
    await flushed;
  });

  it('leaves nothing scheduled', async () => {
    const all = fixture();
    offerAll(all.delivery, batch);
    await close(all);
    assert.equal(all.env.schedule.pending, 0);
  });
});
