import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createCounter } from './support.js';

const exact = 'quotas: [{ name: q, maxAmount: 10 }]';
const minute = 'quotas: [{ name: q, maxAmount: 10, validDuration: 60s }]';

describe('memquota of an allocation', () => {
  test('grants what is there, charges an id once and takes releases back', async () => {
    const { ask } = await createCounter(exact);
    assert.deepEqual(ask(2n, { deduplicationId: 'a' }), [2n, 0]);
    assert.deepEqual(ask(2n, { deduplicationId: 'a' }), [2n, 0]);
    assert.deepEqual(ask(6n), [6n, 0]);
    assert.deepEqual(ask(2n), [2n, 0]);
    assert.deepEqual(ask(2n), [0n, 0]);
    assert.deepEqual(ask(1n, { bestEffort: true }), [0n, 0]);
    assert.deepEqual(ask(-5n, { deduplicationId: 'b' }), [5n, 0]);
    assert.deepEqual(ask(-5n, { deduplicationId: 'b' }), [5n, 0]);
    assert.deepEqual(ask(-15n), [5n, 0]);
    assert.deepEqual(ask(-1n), [0n, 0]);
    assert.deepEqual(ask(11n), [0n, 0]);
    assert.deepEqual(ask(11n, { bestEffort: true }), [10n, 0]);
  });

  test('counts beyond what a double can hold', async () => {
    const { ask } = await createCounter('quotas: [{ name: q, maxAmount: "9223372036854775807" }]');
    assert.deepEqual(ask(9_223_372_036_854_775_806n), [9_223_372_036_854_775_806n, 0]);
    assert.deepEqual(ask(2n, { bestEffort: true }), [1n, 0]);
  });
});

describe('memquota of a rate', () => {
  test('grants in a rolling window and says how long the grant holds', async () => {
    const { ask, env } = await createCounter(minute);
    const start = env.clock.now();
    const at = (second: number): Promise<void> => env.clock.advance(start + second * 1000 - env.clock.now());
    await at(1);
    assert.deepEqual(ask(10n), [10n, 60]);
    await at(2);
    assert.deepEqual(ask(10n), [0n, 0]);
    await at(60);
    assert.deepEqual(ask(10n), [0n, 0]);
    await at(61);
    assert.deepEqual(ask(10n), [10n, 60]);
    await at(121);
    assert.deepEqual(ask(100n, { bestEffort: true }), [10n, 60]);
    await at(122);
    assert.deepEqual(ask(100n), [0n, 0]);
    assert.deepEqual(ask(-10n), [10n, 0]);
    await at(123);
    assert.deepEqual(ask(0n), [0n, 0]);
    assert.deepEqual(ask(-1000n, { deduplicationId: 'late' }), [0n, 0]);
    await at(124);
    assert.deepEqual(ask(-1000n, { deduplicationId: 'late' }), [0n, 0]);
  });

  test('tells the configured duration although the window is a whole number of seconds', async () => {
    const { ask, env } = await createCounter('quotas: [{ name: q, maxAmount: 5, validDuration: 1.5s }]');
    assert.deepEqual(ask(2n, { bestEffort: true }), [2n, 1.5]);
    assert.deepEqual(ask(2n, { bestEffort: true }), [2n, 1.5]);
    assert.deepEqual(ask(2n, { bestEffort: true }), [1n, 1.5]);
    await env.clock.advance(1900);
    assert.deepEqual(ask(1n, { bestEffort: true }), [0n, 1.5]);
    await env.clock.advance(100);
    assert.deepEqual(ask(1n, { bestEffort: true }), [1n, 1.5]);
  });

  test('rounds a window of 100 ms up to a second', async () => {
    const { ask, env } = await createCounter('quotas: [{ name: q, maxAmount: 1, validDuration: 100ms }]');
    assert.deepEqual(ask(1n), [1n, 0.1]);
    await env.clock.advance(900);
    assert.deepEqual(ask(1n), [0n, 0]);
    await env.clock.advance(100);
    assert.deepEqual(ask(1n), [1n, 0.1]);
  });
});

describe('memquota deduplication', () => {
  test('repeats an answer with the validity that is left of it, whatever is asked', async () => {
    const { ask, env } = await createCounter(`${minute}\nminDeduplicationDuration: 100s`);
    assert.deepEqual(ask(3n, { deduplicationId: 'x' }), [3n, 60]);
    await env.clock.advance(20_000);
    assert.deepEqual(ask(9n, { deduplicationId: 'x' }), [3n, 40]);
    await env.clock.advance(60_000);
    assert.deepEqual(ask(9n, { deduplicationId: 'x' }), [3n, 0]);
    assert.deepEqual(ask(10n, { deduplicationId: 'y' }), [10n, 60], 'the repetition took nothing');
  });

  test('repeats a refusal', async () => {
    const { ask } = await createCounter(exact);
    assert.deepEqual(ask(11n, { deduplicationId: 'x' }), [0n, 0]);
    assert.deepEqual(ask(1n, { deduplicationId: 'x' }), [0n, 0]);
  });

  test('takes the empty id for an id like any other', async () => {
    const { ask } = await createCounter(exact);
    assert.deepEqual(ask(1n, { deduplicationId: '' }), [1n, 0]);
    assert.deepEqual(ask(5n, { deduplicationId: '' }), [1n, 0]);
  });

  test('remembers an id for one period at least and two at most', async () => {
    const { ask, env } = await createCounter(`${exact}\nminDeduplicationDuration: 1s`);
    assert.deepEqual(ask(10n, { deduplicationId: '0' }), [10n, 0]);
    await env.clock.advance(1000);
    assert.deepEqual(ask(10n, { deduplicationId: '0' }), [10n, 0]);
    await env.clock.advance(1000);
    assert.deepEqual(ask(10n, { deduplicationId: '0' }), [0n, 0], 'forgotten, and the quota is used up');
  });

  test('does not charge or remember an amount of zero', async () => {
    const { ask } = await createCounter(exact);
    assert.deepEqual(ask(0n, { deduplicationId: 'x' }), [0n, 0]);
    assert.deepEqual(ask(4n, { deduplicationId: 'x' }), [4n, 0]);
  });
});

describe('memquota cells', () => {
  test('count each combination of dimensions by itself', async () => {
    const { ask } = await createCounter(exact, { dimensions: { a: '', b: '' } });
    assert.deepEqual(ask(10n, { dimensions: { a: 'x', b: 'y' } }), [10n, 0]);
    assert.deepEqual(ask(10n, { dimensions: { a: 'xy', b: '' } }), [10n, 0]);
    assert.deepEqual(ask(10n, { dimensions: { a: '', b: 'xy' } }), [10n, 0]);
    assert.deepEqual(ask(1n, { dimensions: { b: 'y', a: 'x' } }), [0n, 0]);
  });

  test('count each quota by itself', async () => {
    const params = 'quotas: [{ name: q, maxAmount: 1 }, { name: r, maxAmount: 1 }]';
    const { ask } = await createCounter(params, { names: ['q', 'r'] });
    assert.deepEqual(ask(1n, { name: 'q' }), [1n, 0]);
    assert.deepEqual(ask(1n, { name: 'r' }), [1n, 0]);
    assert.deepEqual(ask(1n, { name: 'r' }), [0n, 0]);
  });

  test('count the limit of their override, one that does not expire included', async () => {
    const { ask, env } = await createCounter(
      'quotas: [{ name: q, maxAmount: 10, validDuration: 1s, overrides: [{ dimensions: { a: x }, maxAmount: 2 }] }]',
      { dimensions: { a: '' } },
    );
    assert.deepEqual(ask(2n, { dimensions: { a: 'x' } }), [2n, 0]);
    assert.deepEqual(ask(10n, { dimensions: { a: 'y' } }), [10n, 1]);
    await env.clock.advance(5000);
    assert.deepEqual(ask(1n, { dimensions: { a: 'x' } }), [0n, 0]);
    assert.deepEqual(ask(10n, { dimensions: { a: 'y' } }), [10n, 1]);
  });
});

describe('memquota', () => {
  test('takes the last of several limits with one name', async () => {
    const { ask } = await createCounter('quotas: [{ name: q, maxAmount: 1 }, { name: q, maxAmount: 2 }]');
    assert.deepEqual(ask(2n), [2n, 0]);
  });

  test('does not build when an instance has no limit', async () => {
    await assert.rejects(createCounter(exact, { names: ['q', 'other'] }), /did not find limit defined for quota other/);
  });

  test('stops its timers when closed', async () => {
    const { env, close } = await createCounter(exact);
    assert.equal(env.schedule.pending, 2);
    close();
    assert.equal(env.schedule.pending, 0);
  });
});
