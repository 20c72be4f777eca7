import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createCounter } from './support.js';

/** One request: after so many milliseconds, with the id of an earlier one or its own. */
interface Request {
  readonly wait: number;
  readonly amount: bigint;
  readonly bestEffort: boolean;
  readonly repeats: number | undefined;
}

/** What an answer that was not a repetition granted (or, below zero, took back), and when (milliseconds). */
interface Granted {
  readonly at: number;
  readonly amount: bigint;
}

const max = 10n;
const request = (longestWait: number): fc.Arbitrary<Request> =>
  fc.record({
    wait: fc.oneof(fc.constant(0), fc.nat(Math.ceil(longestWait / 20)), fc.nat(longestWait)),
    amount: fc.oneof({ weight: 4, arbitrary: fc.bigInt({ min: 1n, max: 12n }) }, fc.bigInt({ min: -12n, max: -1n })),
    bestEffort: fc.boolean(),
    repeats: fc.option(fc.nat(5), { nil: undefined, freq: 5 }),
  });

/** Any duration in milliseconds, and requests that come at a pace of which it is worth speaking. */
const story = fc
  .oneof(fc.constantFrom(1, 7, 100, 250, 999, 1000, 1500, 2550, 60_000), fc.integer({ min: 1, max: 5000 }))
  .chain((duration) =>
    fc.record({
      duration: fc.constant(duration),
      // The clock need not start with a tick.
      offset: fc.nat(200),
      requests: fc.array(request(duration + 150), { minLength: 1, maxLength: 60 }),
    }),
  );

/** Plays the requests and returns what they were granted. Checks that repetitions are answered alike. */
async function play(
  algorithm: string,
  { duration, offset, requests }: { duration: number; offset: number; requests: readonly Request[] },
): Promise<Granted[]> {
  const quota = `{ name: q, maxAmount: ${max}, validDuration: ${duration}ms, rateLimitAlgorithm: ${algorithm} }`;
  const { ask, env } = await createCounter(`quotas: [${quota}]\nminDeduplicationDuration: 24h`);
  env.clock.set(env.clock.now() + offset);
  const granted: Granted[] = [];
  const answers: bigint[] = [];
  for (const { wait, amount, bestEffort, repeats } of requests) {
    env.clock.set(env.clock.now() + wait);
    const earlier = repeats === undefined ? -1 : answers.length - 1 - repeats;
    if (earlier >= 0) {
      assert.equal(ask(amount, { bestEffort, deduplicationId: `${earlier}` })[0], answers[earlier]);
      continue;
    }
    const [answer] = ask(amount, { bestEffort, deduplicationId: `${answers.length}` });
    answers.push(answer);
    granted.push({ at: env.clock.now(), amount: amount > 0n ? answer : -answer });
  }
  return granted;
}

/** The most that any span of requests was granted, less what it gave back, for each span by its length. */
function forEachSpan(granted: readonly Granted[], visit: (length: number, sum: bigint) => void): void {
  for (let first = 0; first < granted.length; first += 1) {
    let sum = 0n;
    for (let last = first; last < granted.length; last += 1) {
      sum += granted[last]!.amount;
      visit(granted[last]!.at - granted[first]!.at, sum);
    }
  }
}

describe('memquota, whatever is asked for and when', () => {
  test('grants no more than the maximum in any sliding window', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (told) => {
        const granted = await play('ROLLING_WINDOW', told);
        forEachSpan(granted, (length, sum) => {
          if (length <= told.duration) assert.ok(sum <= max, `${sum} within ${length} ms`);
        });
      }),
      { numRuns: 500 },
    );
  });

  test('has everything again one window and one tick after the last grant', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (told) => {
        const tick = Math.min(100, Math.max(1, told.duration / 10));
        const late = { wait: Math.ceil(told.duration + tick), amount: max, bestEffort: false, repeats: undefined };
        const granted = await play('ROLLING_WINDOW', { ...told, requests: [...told.requests, late] });
        assert.equal(granted.at(-1)?.amount, max);
      }),
      { numRuns: 200 },
    );
  });

  test('grants no more than a full bucket and what flows into it meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (told) => {
        const duration = BigInt(told.duration);
        forEachSpan(await play('TOKEN_BUCKET', told), (length, sum) => {
          assert.ok(sum * duration <= max * duration + max * BigInt(length), `${sum} within ${length} ms`);
        });
      }),
      { numRuns: 500 },
    );
  });

  test('grants a best effort all that a bucket holds', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (told) => {
        const duration = BigInt(told.duration);
        // In units of 1 / duration of a token; what is missing of a full bucket.
        let missing = 0n;
        let before = 0;
        const requests = told.requests.map((each) => ({ ...each, bestEffort: true, repeats: undefined }));
        for (const [index, { at, amount }] of (await play('TOKEN_BUCKET', { ...told, requests })).entries()) {
          missing -= BigInt(at - before) * max;
          if (missing < 0n) missing = 0n;
          before = at;
          const asked = requests[index]!.amount;
          const there = (max * duration - missing) / duration;
          const most = asked > 0n ? (asked < there ? asked : there) : asked;
          const least = asked > 0n ? most : most < -(missing / duration) ? -(missing / duration) : most;
          assert.equal(amount, least, `request ${index}`);
          missing += amount * duration;
        }
      }),
      { numRuns: 200 },
    );
  });

  test('grants no more than the maximum within a fixed window, and twice that in any span as long', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (told) => {
        forEachSpan(await play('FIXED_WINDOW', told), (length, sum) => {
          if (length <= told.duration) assert.ok(sum <= 2n * max, `${sum} within ${length} ms`);
        });
      }),
      { numRuns: 200 },
    );
  });

  test('takes back what was granted, each of it once', async () => {
    for (const algorithm of ['ROLLING_WINDOW', 'FIXED_WINDOW', 'TOKEN_BUCKET']) {
      await fc.assert(
        fc.asyncProperty(story, async (told) => {
          let outstanding = 0n;
          for (const { amount } of await play(algorithm, told)) {
            outstanding += amount;
            assert.ok(outstanding >= 0n, 'more came back than was granted');
          }
        }),
        { numRuns: 200 },
      );
    }
  });

  test('charges an id once that comes again within the period, whenever generations change', async () => {
    const steps = fc.array(fc.record({ wait: fc.nat(400), id: fc.nat(9) }), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(fc.nat(999), steps, async (offset, told) => {
        const { ask, env } = await createCounter('quotas: [{ name: q, maxAmount: 1000000 }]');
        await env.clock.advance(offset);
        const charged = new Map<number, { at: number; amount: bigint }>();
        for (const [index, { wait, id }] of told.entries()) {
          await env.clock.advance(wait);
          const [answer] = ask(BigInt(index + 1), { deduplicationId: `${id}` });
          const known = charged.get(id);
          const age = known === undefined ? Infinity : env.clock.now() - known.at;
          if (age < 1000) assert.equal(answer, known?.amount);
          if (age > 2000) assert.equal(answer, BigInt(index + 1));
          if (answer !== known?.amount) charged.set(id, { at: env.clock.now(), amount: answer });
        }
      }),
      { numRuns: 50 },
    );
  });
});
