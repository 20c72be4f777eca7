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

  test('takes the largest and the smallest amount', async () => {
    const { ask } = await createCounter('quotas: [{ name: q, maxAmount: 10 }]');
    const [least, most] = [-(2n ** 63n), 2n ** 63n - 1n];
    assert.deepEqual(ask(most), [0n, 0]);
    assert.deepEqual(ask(most, { bestEffort: true }), [10n, 0]);
    assert.deepEqual(ask(least), [10n, 0]);
    assert.deepEqual(ask(least), [0n, 0]);
  });

  test('counts beyond what a double can hold', async () => {
    const { ask } = await createCounter('quotas: [{ name: q, maxAmount: "9223372036854775807" }]');
    assert.deepEqual(ask(9_223_372_036_854_775_806n), [9_223_372_036_854_775_806n, 0]);
    assert.deepEqual(ask(2n, { bestEffort: true }), [1n, 0]);
  });
});

describe('memquota of a rate', () => {
  test('grants in a rolling window and says how long the grant holds', async () => {
    const { ask, at } = await createCounter(minute);
    await at(1);
    assert.deepEqual(ask(10n), [10n, 60]);
    await at(2);
    assert.deepEqual(ask(10n), [0n, 0]);
    await at(60);
    assert.deepEqual(ask(10n), [0n, 0]);
    await at(61);
    assert.deepEqual(ask(10n), [0n, 0], 'the tick of second 1 ended 59.9 s ago');
    await at(61.1);
    assert.deepEqual(ask(10n), [10n, 60]);
    await at(121.2);
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

  test('grants nothing of what is not all there, unless best effort is asked for', async () => {
    const { ask } = await createCounter(minute);
    assert.deepEqual(ask(11n), [0n, 0]);
    assert.deepEqual(ask(8n), [8n, 60]);
    assert.deepEqual(ask(3n), [0n, 0]);
    assert.deepEqual(ask(3n, { bestEffort: true }), [2n, 60]);
    assert.deepEqual(ask(3n, { bestEffort: true }), [0n, 60], 'a best effort of nothing tells the duration');
  });

  test('tells durations between seconds as configured and keeps them', async () => {
    const { ask, at } = await createCounter('quotas: [{ name: q, maxAmount: 5, validDuration: 1.5s }]');
    assert.deepEqual(ask(2n, { bestEffort: true }), [2n, 1.5]);
    assert.deepEqual(ask(2n, { bestEffort: true }), [2n, 1.5]);
    assert.deepEqual(ask(2n, { bestEffort: true }), [1n, 1.5]);
    await at(1.599);
    assert.deepEqual(ask(1n, { bestEffort: true }), [0n, 1.5]);
    await at(1.6);
    assert.deepEqual(ask(1n, { bestEffort: true }), [1n, 1.5]);
  });

  test('keeps durations below a second', async () => {
    const { ask, at } = await createCounter('quotas: [{ name: q, maxAmount: 1, validDuration: 100ms }]');
    assert.deepEqual(ask(1n), [1n, 0.1]);
    await at(0.109);
    assert.deepEqual(ask(1n), [0n, 0]);
    await at(0.11);
    assert.deepEqual(ask(1n), [1n, 0.1]);
  });

  test('releases the youngest grants of a window first, and nothing where there is none', async () => {
    const { ask, at } = await createCounter(minute);
    assert.deepEqual(ask(-5n), [0n, 0]);
    assert.deepEqual(ask(4n), [4n, 60]);
    await at(30);
    assert.deepEqual(ask(4n), [4n, 60]);
    assert.deepEqual(ask(-5n), [5n, 0]);
    await at(60.1);
    assert.deepEqual(ask(10n), [10n, 60], 'what was left of the first was of second 0');
  });
});

describe('memquota of a token bucket', () => {
  const bucket = 'quotas: [{ name: q, maxAmount: 10, validDuration: 1s, rateLimitAlgorithm: TOKEN_BUCKET }]';

  test('grants at once what the bucket holds and then at an even pace', async () => {
    const { ask, at } = await createCounter(bucket);
    assert.deepEqual(ask(10n), [10n, 1]);
    assert.deepEqual(ask(1n), [0n, 0]);
    assert.deepEqual(ask(1n, { bestEffort: true }), [0n, 1]);
    await at(0.1);
    assert.deepEqual(ask(1n), [1n, 1]);
    await at(0.45);
    assert.deepEqual(ask(5n, { bestEffort: true }), [3n, 1]);
  });

  test('takes releases back, no more than is missing', async () => {
    const { ask, at } = await createCounter(bucket);
    assert.deepEqual(ask(6n), [6n, 1]);
    assert.deepEqual(ask(-4n), [4n, 0]);
    assert.deepEqual(ask(8n), [8n, 1]);
    await at(0.25);
    assert.deepEqual(ask(-100n), [7n, 0]);
    assert.deepEqual(ask(-100n), [0n, 0]);
    await at(0.3);
    assert.deepEqual(ask(100n, { bestEffort: true }), [10n, 1]);
  });
});

describe('memquota of a fixed window', () => {
  test('grants from the first request on and says how long its window goes on', async () => {
    const { ask, at } = await createCounter(
      'quotas: [{ name: q, maxAmount: 10, validDuration: 10s, rateLimitAlgorithm: FIXED_WINDOW }]',
    );
    await at(1);
    assert.deepEqual(ask(3n), [3n, 10]);
    await at(4);
    assert.deepEqual(ask(8n), [0n, 0]);
    assert.deepEqual(ask(7n, { deduplicationId: 'a' }), [7n, 7]);
    await at(5);
    assert.deepEqual(ask(7n, { deduplicationId: 'a' }), [7n, 6]);
    await at(11);
    assert.deepEqual(ask(10n), [10n, 10]);
  });
});

describe('memquota and a clock that is set back', () => {
  for (const algorithm of ['ROLLING_WINDOW', 'FIXED_WINDOW', 'TOKEN_BUCKET']) {
    test(`neither frees early nor blocks for longer than the duration: ${algorithm}`, async () => {
      const { ask, env } = await createCounter(
        `quotas: [{ name: q, maxAmount: 10, validDuration: 10s, rateLimitAlgorithm: ${algorithm} }]`,
      );
      assert.deepEqual(ask(10n), [10n, 10]);
      env.clock.set(env.clock.now() - 3_600_000);
      assert.deepEqual(ask(1n), [0n, 0]);
      env.clock.set(env.clock.now() + 900);
      assert.deepEqual(ask(1n), [0n, 0]);
      env.clock.set(env.clock.now() + 9200);
      assert.deepEqual(ask(10n), [10n, 10]);
    });
  }
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

  test('goes by the id alone: another quota with it gets the same answer', async () => {
    const { ask } = await createCounter('quotas: [{ name: q, maxAmount: 1 }, { name: r, maxAmount: 9 }]', {
      names: ['q', 'r'],
    });
    assert.deepEqual(ask(1n, { name: 'q', deduplicationId: 'x' }), [1n, 0]);
    assert.deepEqual(ask(9n, { name: 'r', deduplicationId: 'x' }), [1n, 0]);
    assert.deepEqual(ask(9n, { name: 'r' }), [9n, 0]);
  });

  test('repeats a release', async () => {
    const { ask } = await createCounter(exact);
    ask(10n);
    assert.deepEqual(ask(-4n, { deduplicationId: 'x' }), [4n, 0]);
    assert.deepEqual(ask(-4n, { deduplicationId: 'x' }), [4n, 0]);
    assert.deepEqual(ask(10n, { bestEffort: true }), [4n, 0]);
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
