import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Value } from 'fairlead/sdk';
import { type Counter, createCounter } from '../adapters/redisquota/support.js';
import { RedisProcess, redisPeer } from '../support/redis.js';

const exhausted = [0n, 0, 8];
const most = 2n ** 63n - 1n;
const least = -(2n ** 63n);
const algorithms = [
  'rateLimitAlgorithm: FIXED_WINDOW',
  'rateLimitAlgorithm: ROLLING_WINDOW, bucketDuration: 1s',
  'rateLimitAlgorithm: TOKEN_BUCKET',
];

/** Values of two dimensions that a careless key would mistake for one another, or that a server might not like. */
const hostile: readonly (readonly [Value | undefined, Value | undefined])[] = [
  ...([
    ['', ''],
    ['', undefined],
    [undefined, ''],
    [undefined, undefined],
    ['a', 'b'],
    ['ab', ''],
    ['', 'ab'],
    ['b', 'a'],
  ] as const),
  ...([
    ['a;b', 'c'],
    ['a', 'b;c'],
    ['a=b', 'c'],
    ['a:1', 'b'],
    ['1:a', 'b'],
    ['s1:a', 'b'],
    ['as1:b', ''],
  ] as const),
  ...([
    ['1', '1'],
    [1n, '1'],
    ['1', 1n],
    [1n, 1n],
    [1, 1n],
    [1, 1],
    [true, '1'],
    ['true', '1'],
  ] as const),
  ...([
    ['{a}', 'b'],
    ['{', '}'],
    ['}{', ''],
    ['\0', ''],
    ['', '\0'],
    ['\r\n', 'b'],
    ['\r', '\nb'],
    ['*', 'b'],
    ['%s', 'b'],
  ] as const),
  ...([
    ['\u00e9', ''],
    ['e\u0301', ''],
    ['\ud83d\ude00', ''],
    ['__proto__', 'constructor'],
    ['x'.repeat(1e6), ''],
    [`${'x'.repeat(1e6)}y`, ''],
    ['', 'x'.repeat(1e6)],
  ] as const),
  ...([
    [Uint8Array.of(10, 0, 0, 1), ''],
    ['10.0.0.1', ''],
    [Uint8Array.of(10, 0, 0, 2), ''],
    [new Map([['a', 'b']]), ''],
    [new Map([['a', '']]), 'b'],
    [new Map([['ab', '']]), ''],
  ] as const),
];

describe('redisquota and what it is asked', redisPeer, () => {
  let server: RedisProcess;
  let open: Counter[] = [];
  before(async () => {
    server = await RedisProcess.start();
  });
  beforeEach(() => server.run(['FLUSHALL']));
  afterEach(async () => {
    for (const one of open) await one.close();
    open = [];
  });
  after(() => server.remove());

  async function counter(quota: string, dimensions: Readonly<Record<string, Value>> = {}): Promise<Counter> {
    const params = `{ redisServerUrl: "${server.address}", timeout: 5s, quotas: [{ name: q, validDuration: 60s, ${quota} }] }`;
    const made = await createCounter(params, { names: ['q'], dimensions });
    open.push(made);
    return made;
  }

  for (const algorithm of algorithms) {
    it(`counts different dimensions apart, whatever is in them: ${algorithm}`, async () => {
      const quota = await counter(`maxAmount: 2, ${algorithm}`, { a: '', b: '' });
      const sets = hostile.map(([a, b]) => ({
        dimensions: { ...(a === undefined ? {} : { a }), ...(b === undefined ? {} : { b }) },
      }));
      const first = await Promise.all(sets.map((set) => quota.ask(2, set)));
      assert.deepEqual(
        first.map(([granted]) => granted),
        sets.map(() => 2n),
      );
      const second = await Promise.all(sets.map((set) => quota.ask(2, set)));
      assert.deepEqual(
        second.map(([granted]) => granted),
        sets.map(() => 0n),
      );
    });

    it(`gives nothing, and takes nothing back, for amounts of zero and less: ${algorithm}`, async () => {
      const quota = await counter(`maxAmount: 3, ${algorithm}`);
      for (const bestEffort of [false, true]) {
        for (const amount of [0n, -1n, least]) assert.deepEqual(await quota.ask(amount, { bestEffort }), exhausted);
      }
      assert.equal((await quota.ask(3))[0], 3n);
      for (const amount of [0n, -3n, least]) assert.deepEqual(await quota.ask(amount), exhausted);
      assert.deepEqual(await quota.ask(1), exhausted);
    });

    it(`counts the largest amounts without an overflow: ${algorithm}`, async () => {
      const some = await counter(`maxAmount: 5, ${algorithm}`);
      assert.deepEqual(await some.ask(most), exhausted);
      assert.equal((await some.ask(most, { bestEffort: true }))[0], 5n);
      assert.deepEqual(await some.ask(most, { bestEffort: true }), exhausted);
      const dimensions = { a: 'all' };
      const all = await counter(`maxAmount: ${most}, ${algorithm}`, dimensions);
      assert.deepEqual(await all.ask(most, { dimensions }), exhausted, 'more than 2^52 is not counted');
      assert.equal((await all.ask(most, { dimensions, bestEffort: true }))[0], 2n ** 52n);
      const none = await counter(`maxAmount: ${least}, ${algorithm}`, { a: 'none' });
      assert.deepEqual(await none.ask(1, { dimensions: { a: 'none' } }), exhausted);
    });
  }

  it('answers OK with nothing for a quota that no rule sends here', async () => {
    const quota = await counter('maxAmount: 3');
    for (const name of ['other', '', '__proto__', 'constructor']) {
      assert.deepEqual(await quota.ask(1, { name }), [0n, 0, 0], name);
    }
    assert.equal(await server.run(['DBSIZE']), 0);
  });
});
