import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { CallFailure, type CheckOutcome, type Reference, type Value } from '../../src/client/index.js';
import { deferred } from '../support/deferred.js';
import { allow, counted, deny, grant, scripted } from './support/scripted-mixer.js';

const attributes = (entries: Record<string, Value> = {}): Map<string, Value> => new Map(Object.entries(entries));
const exact = (name: string, key?: string): Reference => ({ name, key, condition: 'EXACT' });
const one = [{ quota: 'calls', charge: 1 }];
const unavailable = (): never => {
  throw new CallFailure(14, 'no route');
};

describe('a check (1.10, 1.11)', () => {
  it('asks once for requests that agree in what the answer depends on', async () => {
    const { mixer, client } = scripted(() => allow({ dependencies: [exact('source.user')] }));
    const first = await client.check(attributes({ 'source.user': 'a', 'request.path': '/1' }));
    const second = client.check(attributes({ 'source.user': 'a', 'request.path': '/2' }));
    assert.equal(first.checkCacheHit, false);
    // At once: an answer that is known makes no promise.
    assert.equal((second as CheckOutcome).checkCacheHit, true);
    await client.check(attributes({ 'source.user': 'b' }));
    assert.equal(mixer.checks.length, 2);
    assert.deepEqual(counted(client.statistics()), {
      check_calls: 3,
      check_cache_hits: 1,
      check_cache_misses: 2,
      check_cache_hit_accepts: 1,
      remote_check_calls: 2,
      remote_check_accepts: 2,
      remote_calls: 2,
      remote_call_successes: 2,
    });
  });

  it('reuses a denial, with its directive', async () => {
    const directive = {
      requestHeaderOperations: [],
      responseHeaderOperations: [],
      directResponseCode: 418,
      directResponseBody: 'tea',
    };
    const { mixer, client } = scripted(() => deny(7, 'closed', { directive }));
    await client.check(attributes());
    const outcome = await client.check(attributes(), { quotas: one });
    assert.deepEqual(outcome, {
      status: { code: 7, message: 'closed' },
      directive,
      checkCacheHit: true,
      quotaCacheHit: false,
    });
    assert.equal(mixer.checks.length, 1);
    assert.deepEqual(counted(client.statistics()), {
      check_calls: 2,
      check_cache_hits: 1,
      check_cache_misses: 1,
      check_cache_hit_denies: 1,
      remote_check_calls: 1,
      remote_check_denies: 1,
      remote_calls: 1,
      remote_call_successes: 1,
    });
  });

  it('gives every call an id of its own, and the same attributes that it was given', async () => {
    const { mixer, client } = scripted(() => allow({ validUseCount: 0 }));
    const given = attributes({ 'source.user': 'a' });
    await client.check(given);
    await client.check(given);
    const [first, second] = mixer.checks.map(({ deduplicationId }) => deduplicationId);
    assert.match(first ?? '', /^[0-9a-f-]{36}0$/);
    assert.equal(second, first?.replace(/0$/, '1'));
    assert.equal(mixer.checks[0]?.attributes, given);
  });

  it('does not keep what may not be kept', async () => {
    for (const given of [
      { validUseCount: 0 },
      { dependencies: undefined },
      { dependencies: [exact('not.there')] },
      { status: { code: 14, message: '' } },
      { validMillis: -1 },
    ]) {
      const { mixer, client } = scripted(() => allow(given));
      await client.check(attributes());
      await client.check(attributes());
      assert.equal(mixer.checks.length, 2, JSON.stringify(given));
    }
  });

  it('asks again when the validity has passed, and when the uses are used up', async () => {
    const { mixer, client, clock } = scripted(() => allow({ validMillis: 1000, validUseCount: 3 }));
    const hits: boolean[] = [];
    for (let at = 0; at < 5; at++) hits.push((await client.check(attributes())).checkCacheHit);
    assert.deepEqual(hits, [false, true, true, true, false]);
    await clock.advance(1001);
    assert.equal((await client.check(attributes())).checkCacheHit, false);
    assert.equal(mixer.checks.length, 3);
  });

  it('asks for every request when the cache is off', async () => {
    const { mixer, client } = scripted(undefined, { disableCheckCache: true });
    await client.check(attributes());
    await client.check(attributes());
    assert.equal(mixer.checks.length, 2);
  });

  it('is invalid when the answer has no precondition', async () => {
    const { client } = scripted(() => ({ precondition: undefined, quotas: new Map() }));
    assert.equal((await client.check(attributes())).status.code, 3);
    assert.equal(client.statistics().total_remote_check_denies, 1);
  });

  it('forgives an INTERNAL status only where failures let pass', async () => {
    for (const policy of ['open', 'close'] as const) {
      const { client } = scripted(() => deny(13, 'broken'), { networkFailPolicy: { policy } });
      assert.equal((await client.check(attributes())).status.code, policy === 'open' ? 0 : 13);
      assert.equal((await client.check(attributes())).checkCacheHit, true);
    }
  });
});

describe('a call that fails (1.11)', () => {
  it('denies with the failure, or lets pass, as the policy says', async () => {
    for (const policy of ['open', 'close'] as const) {
      const { mixer, client } = scripted(unavailable, { networkFailPolicy: { policy } });
      const outcome = await client.check(attributes(), { quotas: one });
      assert.deepEqual(
        outcome.status,
        policy === 'open' ? { code: 0, message: '' } : { code: 14, message: 'no route' },
      );
      assert.equal(mixer.checks.length, 1);
      assert.deepEqual(counted(client.statistics()), {
        check_calls: 1,
        check_cache_misses: 1,
        remote_check_calls: 1,
        ...(policy === 'open' ? { remote_check_accepts: 1 } : { remote_check_denies: 1 }),
        quota_calls: 1,
        quota_cache_misses: 1,
        remote_quota_calls: 1,
        remote_quota_accepts: 1,
        remote_calls: 1,
        remote_call_send_errors: 1,
      });
    }
  });

  it('is counted by its class', async () => {
    const failures: [Error, string][] = [
      [new CallFailure(14, 'upstream request timeout'), 'timeouts'],
      [new CallFailure(2, 'upstream connect error or disconnect/reset before headers. reset'), 'send_errors'],
      [new CallFailure(4, 'late'), 'timeouts'],
      [new CallFailure(8, 'busy'), 'other_errors'],
      [new Error('any'), 'other_errors'],
    ];
    for (const [failure, name] of failures) {
      const { client } = scripted(() => Promise.reject(failure));
      await client.check(attributes());
      assert.equal(counted(client.statistics())[`remote_call_${name}`], 1, failure.message);
    }
  });

  it('ends after five seconds, and the transport is told', async () => {
    let signal: AbortSignal | undefined;
    const never = deferred<never>();
    const { client, clock } = scripted((_, limits) => {
      signal = limits.signal;
      assert.equal(limits.timeoutMillis, 5000);
      return never.promise;
    });
    const outcome = client.check(attributes());
    await clock.advance(4999);
    assert.equal(signal?.aborted, false);
    await clock.advance(1);
    assert.equal((await outcome).status.code, 4);
    assert.equal(signal.aborted, true);
    assert.equal(client.statistics().total_remote_call_timeouts, 1);
  });

  it('is tried again after growing waits', async () => {
    const networkFailPolicy = { maxRetry: 5, baseRetryWaitMillis: 80, maxRetryWaitMillis: 1000 };
    const times: number[] = [];
    const { client, clock } = scripted(
      () => {
        times.push(clock.now());
        return unavailable();
      },
      { networkFailPolicy, random: () => 1 },
    );
    const outcome = client.check(attributes());
    await clock.advance(0);
    await clock.advance(10_000);
    assert.equal((await outcome).status.code, 14);
    // Evenly between 80 and min(1000, 80 * 2^attempt); random gives the upper end here.
    assert.deepEqual(
      times.map((at, n) => at - (times[n - 1] ?? at)),
      [0, 80, 160, 320, 640, 1000],
    );
    assert.equal(client.statistics().total_remote_call_retries, 5);
    assert.equal(client.statistics().total_remote_call_send_errors, 6);
    assert.equal(client.statistics().total_remote_calls, 1);
  });

  it('is not tried again when an answer comes, which is then kept', async () => {
    let calls = 0;
    const { client, clock } = scripted(() => (calls++ === 0 ? unavailable() : allow()), {
      networkFailPolicy: { maxRetry: 3 },
    });
    const outcome = client.check(attributes());
    await clock.advance(0);
    await clock.advance(1000);
    assert.equal((await outcome).status.code, 0);
    assert.equal((await client.check(attributes())).checkCacheHit, true);
    assert.equal(calls, 2);
    assert.deepEqual(client.statistics().total_remote_call_successes, 1);
  });

  it('asks for the same allocation again when it is tried again', async () => {
    const { mixer, client, clock } = scripted(unavailable, { networkFailPolicy: { maxRetry: 1 } });
    void client.check(attributes());
    await clock.advance(0);
    await clock.advance(100);
    assert.equal(mixer.checks.length, 2);
    assert.equal(mixer.checks[0]?.deduplicationId, mixer.checks[1]?.deduplicationId);
  });
});

describe('a request that ends by itself (1.11)', () => {
  it('cancels its call and is not let pass', async () => {
    const abort = new AbortController();
    let seen: AbortSignal | undefined;
    const { client } = scripted(
      (_, { signal }) => {
        seen = signal;
        return deferred<never>().promise;
      },
      { networkFailPolicy: { policy: 'open' } },
    );
    const outcome = client.check(attributes(), { signal: abort.signal });
    await Promise.resolve();
    abort.abort();
    assert.equal((await outcome).status.code, 1);
    assert.equal(seen?.aborted, true);
    assert.equal(client.statistics().total_remote_call_cancellations, 1);
  });

  it('cancels the wait for the next attempt', async () => {
    const abort = new AbortController();
    const { mixer, client, clock } = scripted(unavailable, { networkFailPolicy: { maxRetry: 9 } });
    const outcome = client.check(attributes(), { signal: abort.signal });
    await clock.advance(0);
    await clock.advance(10);
    abort.abort();
    assert.equal((await outcome).status.code, 1);
    await clock.advance(10_000);
    assert.equal(mixer.checks.length, 1);
    assert.equal(client.statistics().total_remote_call_cancellations, 1);
  });
});

describe('quotas (1.12)', () => {
  it('go with the check while that is not known, and must be granted whole', async () => {
    const { mixer, client } = scripted(() => allow({}, { calls: grant(0) }));
    const outcome = await client.check(attributes(), { quotas: [{ quota: 'calls', charge: 3 }] });
    assert.deepEqual(mixer.checks[0]?.quotas, [{ name: 'calls', amount: 3n, bestEffort: false }]);
    assert.deepEqual(outcome.status, { code: 8, message: 'Quota is exhausted for: calls' });
    assert.deepEqual(counted(client.statistics()), {
      check_calls: 1,
      check_cache_misses: 1,
      remote_check_calls: 1,
      remote_check_accepts: 1,
      quota_calls: 1,
      quota_cache_misses: 1,
      remote_quota_calls: 1,
      remote_quota_denies: 1,
      remote_calls: 1,
      remote_call_successes: 1,
    });
  });

  it('give the status of the policy when that denies', async () => {
    const { client } = scripted(() => ({ ...deny(7, 'no'), quotas: new Map([['calls', grant(0)]]) }));
    assert.equal((await client.check(attributes(), { quotas: one })).status.code, 7);
  });

  it('come from the cache for checks that are known, and are fetched ahead', async () => {
    // As Istio's own test of the quota cache: a limit of 10, and 20 requests.
    let left = 10;
    const { mixer, client } = scripted(({ quotas }) => {
      const asked = Number(quotas[0]?.amount ?? 0n);
      const granted = Math.min(left, asked);
      left -= granted;
      return allow({}, { calls: grant(granted) });
    });
    let passed = 0;
    for (let at = 0; at < 20; at++) {
      const { status } = await client.check(attributes(), { quotas: one });
      if (status.code === 0) passed++;
      // Prefetches in the background settle.
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(passed, 10);
    assert.ok(mixer.checks.length < 6, `${mixer.checks.length} calls`);
    const statistics = client.statistics();
    assert.equal(statistics.total_check_cache_hits, 19);
    assert.equal(statistics.total_quota_calls, 20);
    assert.equal(statistics.total_quota_cache_hits, 19);
    assert.equal(statistics.total_quota_cache_misses, 1);
    assert.equal(statistics.total_quota_cache_hit_accepts, 9);
    assert.equal(statistics.total_quota_cache_hit_denies, 10);
    assert.equal(statistics.total_remote_quota_prefetch_calls, mixer.checks.length - 1);
    assert.deepEqual(mixer.checks[1]?.quotas, [{ name: 'calls', amount: 10n, bestEffort: true }]);
  });

  it('are asked for with every request when their cache is off', async () => {
    const { mixer, client } = scripted(() => allow({}, { calls: grant(1) }), { disableQuotaCache: true });
    const hits: boolean[] = [];
    for (let at = 0; at < 3; at++) hits.push((await client.check(attributes(), { quotas: one })).checkCacheHit);
    assert.deepEqual(hits, [false, true, true]);
    assert.equal(mixer.checks.length, 3);
    assert.equal(client.statistics().total_remote_check_calls, 1);
    assert.equal(client.statistics().total_remote_quota_calls, 3);
  });

  it('that cannot be asked for take nothing from a check that is known', async () => {
    const headers = { requestHeaderOperations: [], directResponseCode: 0, directResponseBody: '' };
    const operation = { name: 'x-a', value: '1', operation: 'REPLACE' } as const;
    const directive = { ...headers, responseHeaderOperations: [operation] };
    const { mixer, client } = scripted(() => allow({ directive }), {
      disableQuotaCache: true,
      networkFailPolicy: { policy: 'open' },
    });
    await client.check(attributes());
    mixer.script = unavailable;
    const outcome = await client.check(attributes(), { quotas: one });
    const status = { code: 0, message: '' };
    assert.deepEqual(outcome, { status, directive, checkCacheHit: true, quotaCacheHit: false });
  });

  it('let pass when their own backend is not there', async () => {
    const { client } = scripted(() => allow({}, { calls: grant(0, { status: { code: 14, message: '' } }) }));
    assert.equal((await client.check(attributes(), { quotas: one })).status.code, 0);
  });

  it('are charged together when two rules charge the same', async () => {
    const { mixer, client } = scripted(() => allow({}, { calls: grant(5) }));
    await client.check(attributes(), {
      quotas: [
        { quota: 'calls', charge: 2 },
        { quota: 'calls', charge: 3 },
      ],
    });
    assert.deepEqual(mixer.checks[0]?.quotas, [{ name: 'calls', amount: 5n, bestEffort: false }]);
  });

  it('name all that are exhausted', async () => {
    const { client } = scripted(() => allow({}, { a: grant(0), b: grant(1), c: grant(0) }));
    const quotas = ['a', 'b', 'c'].map((quota) => ({ quota, charge: 1 }));
    assert.equal((await client.check(attributes(), { quotas })).status.message, 'Quota is exhausted for: a,c');
  });
});

describe('statistics (1.15)', () => {
  it('have thirty names, and are told every ten seconds', async () => {
    const told: number[] = [];
    const { client, clock } = scripted(undefined, {
      onStatistics: (statistics) => told.push(statistics.total_check_calls),
    });
    assert.equal(Object.keys(client.statistics()).length, 30);
    await client.check(attributes());
    await clock.advance(10_000);
    await client.check(attributes());
    await clock.advance(10_000);
    assert.deepEqual(told, [1, 2]);
    await client.close();
    await clock.advance(60_000);
    assert.equal(told.length, 2);
  });

  it('are told as often as is asked for', async () => {
    let told = 0;
    const { clock } = scripted(undefined, { onStatistics: () => told++, statsUpdateIntervalMillis: 500 });
    await clock.advance(2000);
    assert.equal(told, 4);
  });
});
