import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { fakeEnv, FakeClock } from 'fairlead/testing';
import type { EntryType } from '../../../src/adapters/listchecker/config.js';
import { parseList } from '../../../src/adapters/listchecker/list.js';
import { atOnce, inTurns, type Steps } from '../../../src/adapters/listchecker/steps.js';
import { startListServer } from './list-server.js';
import { buildChecker, fetchesOf } from './setup.js';

/** A clock by which each look at it takes a millisecond. */
class BusyClock extends FakeClock {
  override now(): number {
    this.set(super.now() + 1);
    return super.now();
  }
}

function* count(to: number, seen: number[]): Steps<string> {
  for (let at = 1; at <= to; at += 1) {
    seen.push(at);
    yield;
  }
  return 'done';
}

describe('work in steps', () => {
  test('is done without a break when nobody else is there', () => {
    const seen: number[] = [];
    assert.equal(atOnce(count(100, seen)), 'done');
    assert.equal(seen.length, 100);
  });

  test('lets others have a turn every ten milliseconds', async () => {
    const [env, seen, turns] = [fakeEnv({ clock: new BusyClock() }), [] as number[], [] as number[]];
    const now = (work: () => void) => {
      turns.push(seen.length);
      return env.schedule.now(work);
    };
    const result = inTurns(count(25, seen), { ...env, schedule: { ...env.schedule, now } });
    assert.deepEqual(turns, [10]);
    await env.clock.advance(1000);
    assert.equal(await result, 'done');
    assert.deepEqual(turns, [10, 20]);
  });

  test('ends when the handler closes', async () => {
    const [env, seen] = [fakeEnv({ clock: new BusyClock() }), [] as number[]];
    const result = inTurns(count(25, seen), env);
    env.abort();
    const rejected = assert.rejects(result, { name: 'AbortError' });
    await env.clock.advance(0);
    await rejected;
    assert.equal(seen.length, 10);
  });
});

describe('a long list', () => {
  const entries = 100_000;
  const entry = (index: number): string => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;
  const texts = Array.from({ length: entries }, (_, index) => entry(index));
  const cases: readonly (readonly [what: string, type: EntryType, body: string])[] = [
    ['texts', 'STRINGS', texts.join('\n')],
    ['texts in any case', 'CASE_INSENSITIVE_STRINGS', texts.join('\n')],
    ['addresses as YAML', 'IP_ADDRESSES', `whitelist:\n- ${texts.join('\n- ')}`],
    ['addresses as JSON', 'IP_ADDRESSES', JSON.stringify({ whitelist: texts })],
    ['IPv6 addresses', 'IP_ADDRESSES', `whitelist:\n- 2001:db8::${texts.join('\n- 2001:db8::')}`],
  ];
  for (const [what, type, body] of cases) {
    test(`is built in many steps: ${what}`, () => {
      const steps = parseList(type, Buffer.from(body), []);
      let taken = 0;
      for (let step = steps.next(); step.done !== true; step = steps.next()) taken += 1;
      assert.ok(taken > entries / 1024, String(taken));
    });
  }

  test('of expressions is built one by one', () => {
    const body = Array.from({ length: 300 }, (_, index) => `^[a-c]+${index}`).join('\n');
    const steps = parseList('REGEX', Buffer.from(body), []);
    let taken = 0;
    for (let step = steps.next(); step.done !== true; step = steps.next()) taken += 1;
    assert.ok(taken > 600, String(taken));
  });
});

describe('a long list that is fetched', () => {
  /** A checker that has a list with `a`, and is in the middle of building one without it. */
  async function building(t: TestContext) {
    const server = await startListServer(t);
    server.answer = 'a';
    const env = fakeEnv({ clock: new BusyClock() });
    const checker = await buildChecker(t, `providerUrl: ${server.url}`, env);
    const idle = env.schedule.pending;
    server.answer = Array.from({ length: 50_000 }, (_, index) => `b${index}`).join('\n');
    await env.clock.advance(60_000);
    // What bounds the fetch, and the next turn.
    while (env.schedule.pending < idle + 2) await turn();
    return { checker, env };
  }

  test('does not hold up requests, which have the former one meanwhile', async (t) => {
    const { checker, env } = await building(t);
    assert.equal(checker.check('a'), 'OK');
    assert.equal(checker.check('b1'), '7 b1 is not whitelisted');
    while (fetchesOf(env) < 2) await env.clock.advance(1);
    assert.equal(checker.check('a'), '7 a is not whitelisted');
    assert.equal(checker.check('b49999'), 'OK');
    assert.equal(env.measured.get('list_fetches_total{outcome="installed"}'), 2);
  });

  test('is left unfinished when the handler closes, without calling it a failure', async (t) => {
    const { checker, env } = await building(t);
    const closed = checker.close();
    await env.clock.advance(1);
    await closed;
    assert.equal(fetchesOf(env), 1);
    assert.deepEqual(
      env.logged.filter(({ level }) => level !== 'info'),
      [],
    );
  });
});
