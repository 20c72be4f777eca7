import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FakeClock } from 'fairlead/testing';
import { Decider } from '../../../src/adapters/redisquota/decider.js';
import type { Link, LinkState } from '../../../src/adapters/redisquota/link.js';
import { settle } from '../../support/manual-time.js';

interface Call {
  readonly keys: readonly string[];
  readonly answer: (reply: unknown) => void;
  readonly fail: (error: Error) => void;
}

/** A decider over a link that answers when told to. */
function setUp(options: { readonly shares?: boolean; readonly state?: LinkState } = {}) {
  const calls: Call[] = [];
  const link = {
    state: options.state ?? 'UP',
    lastError: 'refused',
    onChange: undefined as (() => void) | undefined,
    evaluate: (keys: readonly string[]) =>
      new Promise((resolve, reject) => calls.push({ keys: [...keys], answer: resolve, fail: reject })),
  };
  const clock = new FakeClock();
  const decider = new Decider({
    link: link as unknown as Link,
    schedule: clock.createScheduler(),
    timeoutMillis: 250,
    shares: options.shares ?? true,
    onCall: () => undefined,
  });
  let asked = 0;
  const ask = (key = `k${(asked += 1)}`) => decider.decide({ keys: [key], args: ['F 1 1 0', '1', '0'] });
  const become = (state: LinkState) => {
    link.state = state;
    link.onChange?.();
  };
  return { calls, clock, decider, ask, become };
}

const replyTo = ({ keys }: Call): unknown => [1, ...keys.flatMap((key) => [Number(key.slice(1)), 2, 0])];
const granted = (outcome: unknown) => (outcome as { granted?: number; reason?: string }).granted;
const reason = (outcome: unknown) => (outcome as { reason?: string }).reason;

describe('the decider', () => {
  test('lets requests of one turn share a call, and those that come later the next', async () => {
    const { calls, ask } = setUp();
    const first = [ask(), ask(), ask()];
    await settle();
    assert.deepEqual(
      calls.map(({ keys }) => keys),
      [['k1', 'k2', 'k3']],
    );
    calls[0]!.answer(replyTo(calls[0]!));
    assert.deepEqual((await Promise.all(first)).map(granted), [1, 2, 3]);
  });

  test('has at most four calls under way, of at most 16 requests, in order', async () => {
    const { calls, ask } = setUp();
    const all = Array.from({ length: 100 }, () => ask());
    await settle();
    assert.deepEqual(
      calls.map(({ keys }) => keys.length),
      [16, 16, 16, 16],
    );
    for (let at = 0; at < calls.length; at += 1) {
      calls[at]!.answer(replyTo(calls[at]!));
      await settle();
    }
    assert.deepEqual(
      (await Promise.all(all)).map(granted),
      all.map((_, index) => index + 1),
    );
  });

  test('lets only requests for one count share a call where keys must be in one slot', async () => {
    const { calls, ask } = setUp({ shares: false });
    for (const key of ['k1', 'k2', 'k1', 'k3', 'k1']) void ask(key);
    await settle();
    assert.deepEqual(
      calls.map(({ keys }) => keys),
      [['k1', 'k1', 'k1'], ['k2'], ['k3']],
    );
  });

  test('asks nothing more for a count that is owed an answer, and goes on with others', async () => {
    const { calls, clock, ask } = setUp({ shares: false });
    const late = ask('k1');
    await settle();
    await clock.advance(250);
    assert.equal(reason(await late), 'timeout');
    assert.equal(reason(await ask('k1')), 'timeout');
    const other = ask('k2');
    await settle();
    calls[1]!.answer(replyTo(calls[1]!));
    assert.equal(granted(await other), 2);
    calls[0]!.fail(new Error('gone'));
    await settle();
    void ask('k1');
    await settle();
    assert.equal(calls.length, 3);
  });

  test('sends nothing more to a server that owes an answer, until that comes', async () => {
    const { calls, clock, ask } = setUp();
    const late = ask();
    await settle();
    await clock.advance(249);
    assert.equal(calls.length, 1);
    await clock.advance(1);
    assert.equal(reason(await late), 'timeout');
    assert.equal(reason(await ask()), 'timeout');
    assert.equal(calls.length, 1);
    calls[0]!.answer(replyTo(calls[0]!));
    await settle();
    const next = ask();
    await settle();
    calls[1]!.answer(replyTo(calls[1]!));
    assert.equal(granted(await next), 3);
  });

  test('does not send what nobody waits for any more', async () => {
    const { calls, clock, ask, become } = setUp({ state: 'CONNECTING' });
    const waiting = ask();
    await clock.advance(250);
    assert.equal(reason(await waiting), 'timeout');
    become('UP');
    await settle();
    assert.equal(calls.length, 0);
  });

  test('waits for the first connection, and not for a later one', async () => {
    const { calls, ask, become } = setUp({ state: 'CONNECTING' });
    const first = ask();
    await settle();
    assert.equal(calls.length, 0);
    become('UP');
    calls[0]!.answer(replyTo(calls[0]!));
    assert.equal(granted(await first), 1);
    become('DOWN');
    assert.deepEqual(await ask(), { reason: 'unreachable', message: 'refused' });
  });

  test('tells a reply that is none from an error', async () => {
    for (const reply of [null, 'OK', [1], [1, 1, 1, 1, 1], [1, 1.5, 1, 1], [1, '1', 1, 1]]) {
      const { calls, ask } = setUp();
      const outcome = ask();
      await settle();
      calls[0]!.answer(reply);
      assert.equal(reason(await outcome), 'malformed');
    }
    const { calls, ask } = setUp();
    const outcome = ask();
    await settle();
    calls[0]!.fail(new Error('OOM command not allowed'));
    assert.deepEqual(await outcome, { reason: 'error', message: 'OOM command not allowed' });
  });

  test('answers all that wait when it is closed', async () => {
    const { ask, decider } = setUp({ state: 'CONNECTING' });
    const waiting = [ask(), ask()];
    decider.close();
    assert.deepEqual((await Promise.all(waiting)).map(reason), ['unreachable', 'unreachable']);
  });
});
