import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { script } from '../../src/adapters/redisquota/script.js';
import { RedisProcess, redisPeer } from '../support/redis.js';
import { Redis } from 'ioredis';

type Row = readonly [amount: number, second: number, granted: number, valid: number, id?: string];

// adapters.md section 8, driven by the script's time argument; a fresh key for each table.
const best = { flags: 1 };
const exact = { flags: 0 };
const steps = fc.array(
  fc.record({
    wait: fc.integer({ min: 0, max: 40 }),
    amount: fc.integer({ min: 1, max: 12 }),
    flags: fc.constantFrom(0, 1),
  }),
  { maxLength: 40 },
);

describe('the script of redisquota', redisPeer, () => {
  let server: RedisProcess;
  let client: Redis;
  let tables = 0;
  before(async () => {
    server = await RedisProcess.start();
    client = new Redis({ host: '127.0.0.1', port: server.port });
  });
  after(async () => {
    client.disconnect();
    await server.remove();
  });

  async function decide(
    limit: string,
    ask: { key: string; amount: number; micros: number | ''; flags: number; id?: string | undefined },
  ): Promise<readonly [granted: number, valid: number, denied: number]> {
    const keys = [`{k}q${ask.key}`];
    if (limit.startsWith('R')) keys.push(`{k}b${ask.key}`);
    if (ask.id !== undefined) keys.push(`{k}d${ask.key}${ask.id}`);
    const flags = ask.flags + (ask.id === undefined ? 0 : 2);
    const reply = (await client.eval(
      script,
      keys.length,
      ...keys,
      ...[String(ask.micros), limit, String(ask.amount), String(flags)],
    )) as number[];
    return [reply[1]!, reply[2]!, reply[3]!];
  }

  async function check(limit: string, { flags }: { readonly flags: number }, rows: readonly Row[]): Promise<void> {
    const key = String((tables += 1));
    for (const [amount, second, granted, valid, id] of rows) {
      const [got, validity] = await decide(limit, { key, amount, micros: second * 1e6, flags, id });
      assert.deepEqual([got, validity / 1e6], [granted, valid], `${amount} at ${second} s`);
    }
  }

  it('grants in a fixed window what is left, with best effort', () =>
    check('F 10 10000000 0', best, [
      ...([
        [3, 1, 3, 10, 'test'],
        [3, 2, 3, 9],
        [3, 3, 3, 8],
        [3, 4, 1, 7],
        [3, 5, 0, 0],
      ] as Row[]),
      ...([
        [3, 6, 3, 5, 'test'],
        [3, 10, 0, 0],
        [3, 11, 3, 10],
        [8, 12, 7, 9],
        [3, 13, 0, 0],
      ] as Row[]),
      ...([
        [3, 14, 0, 0],
        [12, 21, 10, 10, 'test'],
        [1, 22, 0, 0],
      ] as Row[]),
    ]));

  it('grants in a fixed window all or nothing, without best effort', () =>
    check('F 10 10000000 0', exact, [
      ...([
        [3, 1, 3, 10],
        [3, 2, 3, 9],
        [3, 3, 3, 8],
        [3, 4, 0, 0],
        [1, 5, 1, 6],
        [3, 6, 0, 0],
      ] as Row[]),
      ...([
        [3, 10, 0, 0],
        [3, 11, 3, 10],
        [8, 12, 0, 0],
        [7, 13, 7, 8],
        [3, 14, 0, 0],
      ] as Row[]),
      ...([
        [10, 30, 10, 10],
        [10, 31, 0, 0],
      ] as Row[]),
    ]));

  // The last row of each is not Mixer's, which grants 6 and 7: more than 10 in the 100 s before.
  it('grants in a rolling window what is left, with best effort', () =>
    check('R 10 100000000 10000000', best, [
      ...([
        [3, 0, 3, 100, 'test'],
        [3, 1, 3, 100],
        [3, 5, 3, 95, 'test'],
        [3, 10, 3, 100],
      ] as Row[]),
      ...([
        [3, 11, 1, 100],
        [3, 12, 0, 0],
        [3, 20, 0, 0],
        [3, 85, 3, 15, 'test'],
        [3, 100, 3, 100],
      ] as Row[]),
      ...([
        [2, 101, 2, 100, 'test'],
        [2, 102, 1, 100],
        [1, 110, 1, 100],
        [1, 111, 1, 100],
      ] as Row[]),
      ...([
        [1, 112, 1, 100],
        [1, 113, 1, 100],
        [1, 114, 0, 0],
        [1, 150, 0, 0],
        [10, 200, 3, 100],
      ] as Row[]),
    ]));

  it('grants in a rolling window all or nothing, without best effort', () =>
    check('R 10 100000000 10000000', exact, [
      ...([
        [3, 0, 3, 100],
        [3, 1, 3, 100],
        [3, 10, 3, 100],
        [3, 11, 0, 0],
        [3, 12, 0, 0],
        [3, 20, 0, 0],
      ] as Row[]),
      ...([
        [3, 100, 3, 100],
        [2, 101, 2, 100],
        [2, 102, 2, 100],
        [1, 110, 1, 100],
        [1, 111, 1, 100],
      ] as Row[]),
      ...([
        [1, 112, 1, 100],
        [1, 113, 0, 0],
        [1, 114, 0, 0],
        [1, 150, 0, 0],
        [7, 200, 0, 0],
      ] as Row[]),
      ...([[3, 200, 3, 100]] as Row[]),
    ]));

  it('frees a bucket of a rolling window one window after its last grant, and no bucket holds more than its part', () =>
    check('R 100 10000000 1000000', exact, [
      ...([
        [4, 0.2, 4, 10],
        [4, 0.4, 4, 10],
        [4, 0.5, 4, 10],
        [50, 0.6, 50, 10],
        [38, 0.7, 38, 10],
      ] as Row[]),
      ...([
        [1, 10.3, 0, 0],
        [9, 10.4, 0, 0],
        [8, 10.4, 8, 10],
        [54, 10.6, 54, 10],
        [39, 10.7, 0, 0],
        [38, 10.7, 38, 10],
      ] as Row[]),
    ]));

  it('refills a token bucket steadily', () =>
    check('T 10 10000000 0', exact, [
      ...([
        [10, 0, 10, 10],
        [1, 0.9, 0, 0],
        [1, 1, 1, 10],
        [3, 3, 0, 0],
        [2, 3, 2, 10],
      ] as Row[]),
      ...([
        [11, 60, 0, 0],
        [10, 60, 10, 10],
        [1, 60.5, 0, 0],
      ] as Row[]),
    ]));

  it('grants what a token bucket holds, with best effort, and repeats it', () =>
    check('T 10 10000000 0', best, [
      ...([
        [12, 0, 10, 10, 'a'],
        [3, 2.5, 2, 10],
        [3, 3, 1, 10],
        [3, 3.9, 0, 0],
        [1, 9, 10, 1, 'a'],
      ] as Row[]),
    ]));

  it('touches nothing for an amount of zero or less, or a limit of nothing', async () => {
    for (const limit of ['F 10 10000000 0', 'R 10 10000000 1000000', 'T 10 10000000 0']) {
      await check(limit, best, [
        [0, 1, 0, 0, 'a'],
        [-5, 1, 0, 0],
        [10, 1, 10, 10],
        [-5, 1, 0, 0],
        [1, 1, 0, 0],
      ]);
    }
    for (const letter of 'FRT')
      await check(`${letter} 0 10000000 1000000`, best, [
        [1, 1, 0, 0],
        [1, 50, 0, 0],
      ]);
  });

  it('counts exactly up to 2^52', async () => {
    const max = 2 ** 52;
    for (const letter of 'FRT') {
      const key = `max${letter}`;
      const limit = `${letter} ${max} 1000000000000 1000000000`;
      const ask = { key, micros: 1, flags: 0 };
      assert.equal((await decide(limit, { ...ask, amount: max - 1 }))[0], max - 1);
      assert.equal((await decide(limit, { ...ask, amount: 2 }))[0], 0);
      assert.equal((await decide(limit, { ...ask, amount: 1 }))[0], 1);
      assert.equal((await decide(limit, { ...ask, amount: 1 }))[0], 0);
    }
  });

  it('takes the time of Redis, and grants nothing twice when that is set back', async () => {
    for (const limit of ['F 10 10000000 0', 'R 10 10000000 1000000', 'T 10 10000000 0']) {
      const key = `back${limit}`;
      assert.equal((await decide(limit, { key, amount: 10, micros: 100e6, flags: 0 }))[0], 10);
      assert.equal((await decide(limit, { key, amount: 1, micros: 50e6, flags: 0 }))[0], 0);
      assert.equal((await decide(limit, { key, amount: 1, micros: '', flags: 0 }))[0], 1, 'decades later');
    }
  });

  it('costs a window, and no more, when the time of Redis is set back by more than that', async () => {
    const back = [
      [1, 6400, 0, 0],
      [1, 6400.5, 0, 0],
      [10, 6401, 10, 1],
      [1, 6401.5, 0, 0],
    ] as const;
    await check('F 10 1000000 0', exact, [[10, 10_000, 10, 1], ...back]);
    await check('R 10 1000000 100000', exact, [[4, 9999.5, 4, 1], [6, 10_000, 6, 1], ...back]);
    await check('T 10 1000000 0', exact, [
      [10, 10_000, 10, 1],
      [1, 6400, 0, 0],
      [6, 6400.5, 0, 0],
      [5, 6400.5, 5, 1],
    ]);
    for (const letter of 'FRT') {
      const ask = { key: `step${letter}`, amount: 10, flags: 0, id: 'a' };
      await decide(`${letter} 10 1000000 100000`, { ...ask, micros: 10_000e6 });
      const again = await decide(`${letter} 10 1000000 100000`, { ...ask, micros: 6400e6 });
      assert.deepEqual(again.slice(0, 2), [10, 1_000_000], 'the same answer, for no longer than a fresh one');
      const [, , denied] = await decide(`${letter} 10 1000000 100000`, { ...ask, id: 'b', micros: 6400e6 });
      assert.ok(denied > 0 && denied <= 1_000_000, `${letter}: ${denied}`);
    }
  });

  it('never exceeds a rolling window by the time that passes, however often the time of Redis is set back', async () => {
    const jumps = fc.array(fc.constantFrom(0, 0, 0, 3, 60, 150, 5000), { minLength: 40, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(steps, jumps, async (all, back) => {
        const key = `p${(tables += 1)}`;
        const grants: { at: number; amount: number }[] = [];
        let [now, behind] = [1_000_000, 0];
        for (const [index, { wait, amount, flags }] of all.entries()) {
          now += wait;
          behind += back[index]!;
          const [granted] = await decide('R 40 100 25', { key, amount, micros: now - behind, flags });
          if (granted > 0) grants.push({ at: now, amount: granted });
          const sum = grants.filter(({ at }) => at > now - 100).reduce((total, one) => total + one.amount, 0);
          assert.ok(sum <= 40, String(sum));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('denies no longer than it says', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.constantFrom('R', 'T', 'F'), async (all, letter) => {
        const key = `p${(tables += 1)}`;
        const limit = `${letter} 10 100 7`;
        let now = 1000;
        for (const { wait, amount, flags } of all) {
          now += wait;
          const [granted, , denied] = await decide(limit, { key, amount, micros: now, flags });
          assert.ok(granted <= amount && (flags === 1 || granted === 0 || granted === amount));
          if (granted > 0 || denied <= 1) continue;
          now += denied - 1;
          const sooner = await decide(limit, { key, amount, micros: now, flags });
          assert.equal(sooner[0], 0, `${letter}: was to be denied for ${denied}`);
        }
      }),
      { numRuns: 60 },
    );
  });

  for (const [limit, max, part] of [
    ['R 10 100 7', 10, 0],
    ['R 40 100 25', 40, 10],
    ['R 30 100 99', 30, 29],
  ] as const) {
    it(`never exceeds the rolling window "${limit}", and denies only when that, less one bucket's part, is granted`, async () => {
      await fc.assert(
        fc.asyncProperty(steps, async (all) => {
          const key = `p${(tables += 1)}`;
          const grants: { at: number; amount: number }[] = [];
          let now = 1000;
          for (const { wait, amount, flags } of all) {
            now += wait;
            const [granted] = await decide(limit, { key, amount, micros: now, flags });
            const before = grants.filter(({ at }) => at > now - 100).reduce((sum, one) => sum + one.amount, 0);
            assert.ok(before + granted <= max);
            if (granted < amount) assert.ok(before + granted > max - part - (flags === 1 ? 1 : amount));
            if (granted > 0) grants.push({ at: now, amount: granted });
          }
        }),
        { numRuns: 60 },
      );
    });
  }

  it('leaves nothing that does not expire', async () => {
    await check('R 10 100000000 10000000', best, [
      [1, 0, 1, 100, 'a'],
      [1, 10, 1, 100],
      [1, 20, 1, 100],
      [1, 30, 1, 100],
    ]);
    for (const key of await client.keys('*')) assert.notEqual(await client.pttl(key), -1, key);
  });
});
