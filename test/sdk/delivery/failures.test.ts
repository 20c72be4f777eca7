import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SendOutcome } from 'fairlead/sdk/delivery';
import { delivered, fixture, offerAll, retry } from './support.js';

const batch = ['a', 'b', 'c'];

describe('createDelivery(): failures', () => {
  it('tries again after a back-off that doubles', async () => {
    const { env, backend, delivery } = fixture();
    backend.script.push(retry, new Error('reset'), retry);
    offerAll(delivery, batch);
    const sentBy: number[] = [];
    for (let passed = 0; passed <= 800; passed += 100) {
      await env.clock.advance(passed === 0 ? 0 : 100);
      sentBy.push(backend.batches.length);
    }
    assert.deepEqual(sentBy, [1, 2, 2, 3, 3, 3, 3, 4, 4]);
  });

  it('spreads the back-off by chance', async () => {
    const { env, backend, delivery } = fixture({ random: () => 0.25 });
    backend.script.push(retry);
    offerAll(delivery, batch);
    await env.clock.advance(24);
    assert.equal(backend.batches.length, 1);
    await env.clock.advance(1);
    assert.equal(backend.batches.length, 2);
  });

  it('waits longer when the backend asks for it', async () => {
    const { env, backend, delivery } = fixture();
    backend.script.push({ kind: 'retry', reason: 'busy', retryAfterMillis: 60_000 });
    offerAll(delivery, batch);
    await env.clock.advance(59_999);
    assert.equal(backend.batches.length, 1);
    await env.clock.advance(1);
    assert.equal(backend.batches.length, 2);
  });

  it('drops a batch when all its attempts have failed, and goes on with the next', async () => {
    const { env, backend, delivery, measured } = fixture();
    backend.script.push(retry, retry, retry, retry);
    offerAll(delivery, [...batch, 'd']);
    await env.clock.advance(5000);
    assert.deepEqual(backend.batches[4], ['d']);
    assert.deepEqual([measured('dropped:retries_exhausted'), measured('sent'), measured('retries')], [3, 1, 3]);
  });

  it('drops a batch that the backend refuses, at once', async () => {
    const { env, backend, delivery, measured } = fixture();
    backend.script.push({ kind: 'rejected', reason: 'HTTP 400' });
    offerAll(delivery, batch);
    await env.clock.advance(5000);
    assert.equal(backend.batches.length, 1);
    assert.equal(measured('dropped:rejected'), 3);
  });

  it('sends only that part again which did not arrive', async () => {
    const { env, backend, delivery, measured } = fixture();
    backend.script.push({ kind: 'partial', reason: 'throttled', again: ['c'], rejected: 1 });
    offerAll(delivery, batch);
    await env.clock.advance(5000);
    assert.deepEqual(backend.batches, [batch, ['c']]);
    assert.deepEqual([measured('sent'), measured('dropped:rejected')], [2, 1]);
  });

  it('halves a batch that is too large for the backend, in order, and drops an entry that is so by itself', async () => {
    const large: SendOutcome<string> = { kind: 'split', reason: 'too large' };
    const { env, backend, delivery, measured } = fixture();
    backend.script.push(large, retry, delivered, large);
    offerAll(delivery, batch);
    await env.clock.advance(100);
    assert.deepEqual(backend.batches, [batch, ['a', 'b'], ['a', 'b'], ['c']]);
    await env.clock.advance(1000);
    assert.deepEqual([measured('sent'), measured('dropped:rejected'), delivery.state.entries], [2, 1, 0]);
  });

  it('gives a batch up when no part of it is small enough', async () => {
    const entries = 1000;
    const { env, backend, delivery, measured } = fixture({
      queue: { entries, bytes: entries },
      batch: { entries, bytes: entries, millis: 1000 },
    });
    backend.fallback = { kind: 'split', reason: 'too large' };
    offerAll(delivery, new Array<string>(entries).fill('x'));
    await delivery.flush();
    await env.clock.advance(1000);
    assert.equal(backend.batches.length, 127);
    assert.equal(measured('dropped:rejected'), entries);
    assert.equal(delivery.state.entries, 0);
  });

  it('counts no item twice, whatever a partial outcome claims', async () => {
    const { env, backend, delivery, measured } = fixture();
    backend.script.push({ kind: 'partial', reason: 'odd', again: ['x', 'y', 'z', 'u'], rejected: 99 });
    offerAll(delivery, batch);
    await env.clock.advance(5000);
    assert.deepEqual([measured('sent'), measured('dropped:rejected')], [3, 0]);
    assert.equal(delivery.state.entries, 0);
  });

  it('takes an answer that is no outcome for a failure', async () => {
    for (const answer of [{}, { kind: 'fine' }]) {
      const { env, backend, delivery } = fixture();
      backend.script.push(answer as SendOutcome<string>);
      offerAll(delivery, batch);
      await env.clock.advance(5000);
      assert.equal(backend.batches.length, 2);
    }
  });

  it('aborts an attempt that takes too long, and does not wait for a send that never ends', async () => {
    const { env, backend, delivery } = fixture();
    backend.script.push('hang');
    offerAll(delivery, batch);
    await env.clock.advance(499);
    assert.equal(backend.contexts[0]!.signal.aborted, false);
    await env.clock.advance(1);
    assert.equal(backend.contexts[0]!.signal.aborted, true);
    await env.clock.advance(50 + 100);
    assert.equal(backend.batches.length, 2);
  });

  it('believes a send that knows what became of the batch when it is aborted', async () => {
    let sends = 0;
    const { env, delivery, measured } = fixture({
      send: (_batch, { signal }) => {
        sends += 1;
        return new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve(delivered));
        });
      },
    });
    offerAll(delivery, batch);
    await env.clock.advance(5000);
    assert.deepEqual([sends, measured('sent')], [1, 3]);
  });

  it('handles a send that throws instead of rejecting', async () => {
    const { env, delivery, measured } = fixture({
      send: () => {
        throw new Error('bug');
      },
    });
    offerAll(delivery, batch);
    await env.clock.advance(5000);
    assert.equal(measured('dropped:retries_exhausted'), 3);
    assert.deepEqual(env.clock.failures, []);
  });

  it('keeps retries within a fifth of all sends, by waiting the longest back-off beyond that', async () => {
    const { env, backend, delivery } = fixture({ retry: { attempts: 100, firstMillis: 1, maxMillis: 60_000 } });
    let failures = 0;
    for (let round = 0; round < 200; round += 1) {
      backend.script.push(retry);
      offerAll(delivery, batch);
      await env.clock.advance(10_000);
      failures = backend.batches.length;
    }
    const firsts = backend.contexts.filter(({ attempt }) => attempt === 1).length;
    // 2000 s of waiting allow for 33 more.
    assert.ok(failures - firsts <= firsts * 0.2 + 10 + 34, `${failures - firsts} retries of ${firsts} batches`);
  });
});

describe('createDelivery(): circuit', () => {
  const options = {
    circuit: { failures: 3, openMillis: 5000 },
    retry: { attempts: 9, firstMillis: 100, maxMillis: 100 },
  };

  it('stops after so many failures in a row, tries with one batch, and closes when that arrives', async () => {
    const { env, backend, delivery, measured } = fixture(options);
    backend.fallback = retry;
    offerAll(delivery, [...batch, 'd', 'e', 'f']);
    await env.clock.advance(200);
    assert.equal(backend.batches.length, 3);
    assert.equal(delivery.state.circuit, 'open');
    assert.equal(measured('circuit_open'), 1);
    await env.clock.advance(4999);
    assert.equal(backend.batches.length, 3);
    await env.clock.advance(1);
    assert.equal(backend.batches.length, 4);
    await env.clock.advance(4999);
    assert.equal(backend.batches.length, 4);
    backend.fallback = delivered;
    await env.clock.advance(1);
    assert.deepEqual(backend.batches.slice(4), [batch, ['d', 'e', 'f']]);
    assert.equal(delivery.state.circuit, 'closed');
    assert.equal(measured('circuit_open'), 0);
  });

  it('lets only one batch try, however many wait', async () => {
    const { env, backend, delivery } = fixture({ ...options, concurrency: 3 });
    backend.fallback = retry;
    offerAll(delivery, [...batch, ...batch, ...batch]);
    await env.clock.advance(1000);
    assert.equal(backend.batches.length, 3);
    backend.fallback = 'hang';
    await env.clock.advance(4100);
    assert.equal(backend.batches.length, 4);
    assert.equal(delivery.state.circuit, 'probing');
  });

  it('keeps taking entries up to its bounds while it is open', async () => {
    const { env, backend, delivery } = fixture({ ...options, queue: { entries: 5, bytes: 1000 } });
    backend.fallback = retry;
    offerAll(delivery, batch);
    await env.clock.advance(1000);
    assert.equal(offerAll(delivery, ['d', 'e', 'f']), 2);
  });

  it('stays closed for a backend that is alive and refuses', async () => {
    const { env, backend, delivery } = fixture(options);
    backend.fallback = { kind: 'rejected', reason: 'HTTP 400' };
    for (let round = 0; round < 9; round += 1) {
      offerAll(delivery, batch);
      await env.clock.advance(0);
    }
    assert.equal(backend.batches.length, 9);
    assert.equal(delivery.state.circuit, 'closed');
  });

  it('counts failures in a row only', async () => {
    const { env, backend, delivery } = fixture(options);
    for (let round = 0; round < 4; round += 1) {
      backend.script.push(retry, retry, delivered);
      offerAll(delivery, batch);
      await env.clock.advance(1000);
    }
    assert.equal(backend.batches.length, 12);
    assert.equal(delivery.state.circuit, 'closed');
  });
});

describe('createDelivery(): log', () => {
  it('tells once when the backend is gone, and once when it is back', async () => {
    const { env, backend, delivery } = fixture({ circuit: { failures: 2, openMillis: 1000 } });
    backend.fallback = { kind: 'retry', reason: 'ECONNREFUSED\nx' };
    delivery.offer('a');
    await env.clock.advance(3000);
    backend.fallback = delivered;
    await env.clock.advance(3000);
    assert.deepEqual(
      env.logged.map(({ level, message, fields }) => [level, message, fields]),
      [
        ['warn', 'backend unreachable', { queue: 'logs', error: 'ECONNREFUSED x' }],
        ['info', 'backend is back', { queue: 'logs' }],
      ],
    );
  });

  it('sums drops up, and writes a line every 30 seconds at most', async () => {
    const { env, backend, delivery } = fixture({ queue: { entries: 3, bytes: 1000 } });
    backend.fallback = { kind: 'rejected', reason: 'HTTP 400: "bad"' };
    for (let second = 0; second < 60; second += 1) {
      offerAll(delivery, ['a', 'b', 'c', 'd']);
      await env.clock.advance(1000);
    }
    const lines = env.logged.filter(({ message }) => message === 'entries dropped');
    assert.equal(lines.length, 2);
    assert.deepEqual(lines[0]!.fields, { queue: 'logs', queue_full: 1, rejected: 3, error: 'HTTP 400: "bad"' });
    assert.equal(lines[1]!.fields['queue_full'], 29);
  });
});
