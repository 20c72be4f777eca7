import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fixture, offerAll, retry } from './support.js';

describe('createDelivery(): batches', () => {
  it('sends a full batch at once, outside of offer', async () => {
    const { env, backend, delivery } = fixture();
    offerAll(delivery, ['a', 'b', 'c']);
    assert.deepEqual(backend.batches, []);
    await env.clock.advance(0);
    assert.deepEqual(backend.batches, [['a', 'b', 'c']]);
  });

  it('sends what is not a full batch when its oldest entry has waited long enough', async () => {
    const { env, backend, delivery } = fixture();
    delivery.offer('a');
    await env.clock.advance(600);
    delivery.offer('b');
    await env.clock.advance(399);
    assert.deepEqual(backend.batches, []);
    await env.clock.advance(1);
    assert.deepEqual(backend.batches, [['a', 'b']]);
  });

  it('gives an entry that comes after a batch its whole time', async () => {
    const { env, backend, delivery } = fixture();
    offerAll(delivery, ['a', 'b', 'c']);
    await env.clock.advance(900);
    delivery.offer('d');
    await env.clock.advance(999);
    assert.equal(backend.batches.length, 1);
    await env.clock.advance(1);
    assert.deepEqual(backend.batches[1], ['d']);
  });

  it('sends a batch when it has enough bytes, and never more than that', async () => {
    const { env, backend, delivery } = fixture({ batch: { entries: 50, bytes: 10, millis: 1000 } });
    offerAll(delivery, ['aaaa', 'bbbb', 'cccc']);
    await env.clock.advance(0);
    assert.deepEqual(backend.batches, [['aaaa', 'bbbb']]);
    await env.clock.advance(1000);
    assert.deepEqual(backend.batches[1], ['cccc']);
  });

  it('sends at once with no time to wait, and keeps still while its lane is busy', { timeout: 60_000 }, async () => {
    const { env, backend, delivery } = fixture({ batch: { entries: 3, bytes: 100, millis: 0 }, timeoutMillis: 500 });
    backend.script.push('hang');
    delivery.offer('a');
    await env.clock.advance(0);
    assert.deepEqual(backend.batches, [['a']]);
    delivery.offer('b');
    await env.clock.advance(400);
    await env.clock.advance(2000);
    assert.deepEqual(backend.batches.slice(1), [['a'], ['b']]);
  });

  it('sends one batch after the other, in order', async () => {
    const { env, backend, delivery } = fixture();
    backend.script.push('hang');
    offerAll(delivery, ['a', 'b', 'c', 'd', 'e', 'f']);
    await env.clock.advance(499);
    assert.deepEqual(backend.batches, [['a', 'b', 'c']]);
    await env.clock.advance(1000);
    assert.deepEqual(backend.batches.slice(1), [
      ['a', 'b', 'c'],
      ['d', 'e', 'f'],
    ]);
  });

  it('does not let entries wait longer because the lane was busy', async () => {
    const { env, backend, delivery } = fixture({ timeoutMillis: 2000 });
    backend.script.push('hang');
    offerAll(delivery, ['a', 'b', 'c', 'd']);
    await env.clock.advance(2050 + 100);
    assert.deepEqual(backend.batches, [['a', 'b', 'c'], ['a', 'b', 'c'], ['d']]);
  });

  it('has as many batches on their way as it may', async () => {
    const { env, backend, delivery } = fixture({ concurrency: 2 });
    backend.fallback = 'hang';
    offerAll(delivery, ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']);
    await env.clock.advance(100);
    assert.equal(backend.batches.length, 2);
  });

  it('passes the number of the attempt', async () => {
    const { env, backend, delivery } = fixture();
    backend.script.push(retry);
    offerAll(delivery, ['a', 'b', 'c']);
    await env.clock.advance(1000);
    assert.deepEqual(
      backend.contexts.map(({ attempt }) => attempt),
      [1, 2],
    );
  });
});

describe('createDelivery(): bounds', () => {
  it('drops the newcomer when there are too many entries, on their way or waiting', async () => {
    const { env, backend, delivery, measured } = fixture({ queue: { entries: 4, bytes: 1000 } });
    backend.fallback = 'hang';
    offerAll(delivery, ['a', 'b', 'c']);
    await env.clock.advance(0);
    assert.equal(offerAll(delivery, ['d', 'e', 'f']), 1);
    assert.deepEqual(delivery.state, { entries: 4, bytes: 4, circuit: 'closed' });
    await env.clock.advance(1000);
    assert.equal(measured('dropped:queue_full'), 2);
  });

  it('drops the newcomer when there are too many bytes', () => {
    const { delivery } = fixture({ queue: { entries: 100, bytes: 10 } });
    assert.equal(delivery.offer('12345678'), true);
    assert.equal(delivery.offer('123'), false);
    assert.equal(delivery.offer('12'), true);
    assert.equal(delivery.state.bytes, 10);
  });

  it('drops as many of the oldest as it takes, when told so', async () => {
    const { env, backend, delivery, measured } = fixture({ queue: { entries: 9, bytes: 10 }, overflow: 'oldest' });
    offerAll(delivery, ['1234', '567', '89', 'abcdef']);
    await env.clock.advance(1000);
    assert.deepEqual(backend.batches, [['89', 'abcdef']]);
    await env.clock.advance(1000);
    assert.equal(measured('dropped:queue_full'), 2);
  });

  it('never drops the oldest for a newcomer that does not fit beside what is on its way', async () => {
    const { env, backend, delivery } = fixture({ queue: { entries: 9, bytes: 10 }, overflow: 'oldest' });
    backend.fallback = 'hang';
    offerAll(delivery, ['12', '34', '56']);
    await env.clock.advance(0);
    assert.equal(delivery.offer('ab'), true);
    assert.equal(delivery.offer('cdefg'), false);
    assert.equal(delivery.state.bytes, 8);
  });

  it('drops what is larger than a batch, and what has no size', async () => {
    const broken: (() => number)[] = [() => 101, () => NaN, () => assert.fail('no size')];
    for (const sizeOf of broken) {
      const { env, delivery, measured } = fixture({ sizeOf });
      assert.equal(delivery.offer('a'), false);
      await env.clock.advance(1000);
      assert.equal(measured('dropped:too_large'), 1);
    }
  });

  it('is empty again when all has arrived', async () => {
    const { env, delivery, measured } = fixture();
    offerAll(delivery, ['a', 'b', 'c', 'd']);
    assert.equal(delivery.state.entries, 4);
    await env.clock.advance(5000);
    assert.deepEqual(delivery.state, { entries: 0, bytes: 0, circuit: 'closed' });
    assert.deepEqual([measured('sent'), measured('queue_entries'), measured('queue_bytes')], [4, 0, 0]);
    assert.equal(env.schedule.pending, 0);
  });

  it('shows what waits in its gauges within a second, before anything is sent', async () => {
    const { env, delivery, measured } = fixture({ batch: { entries: 50, bytes: 100, millis: 60_000 } });
    for (const [round, text] of ['a', 'bb', 'ccc'].entries()) {
      delivery.offer(text);
      await env.clock.advance(1000);
      assert.equal(measured('queue_entries'), round + 1);
    }
    assert.equal(measured('queue_bytes'), 6);
  });

  it('shows what is on its way in its gauges', async () => {
    const { env, backend, delivery, measured } = fixture();
    backend.fallback = 'hang';
    offerAll(delivery, ['aa', 'bb', 'cc', 'dd']);
    await env.clock.advance(1000);
    assert.deepEqual([measured('queue_entries'), measured('queue_bytes')], [4, 8]);
  });
});

describe('createDelivery(): flush', () => {
  it('sends what waits without waiting for more', async () => {
    const { env, backend, delivery } = fixture();
    delivery.offer('a');
    const flushed = delivery.flush();
    await flushed;
    assert.deepEqual(backend.batches, [['a']]);
    assert.equal(env.clock.now(), Date.UTC(2026, 0, 1));
  });

  it('waits for what was offered before and for nothing that came after', async () => {
    const { env, backend, delivery } = fixture();
    backend.script.push(retry);
    backend.fallback = 'hang';
    delivery.offer('a');
    let isDone = false;
    const flushed = delivery.flush().then(() => {
      isDone = true;
    });
    await env.clock.advance(0);
    await env.clock.advance(99);
    assert.equal(isDone, false);
    backend.script.push({ kind: 'delivered' });
    delivery.offer('b');
    await env.clock.advance(1);
    await flushed;
    assert.equal(delivery.state.entries, 1);
  });

  it('resolves at once when there is nothing to send', async () => {
    await fixture().delivery.flush();
  });
});
