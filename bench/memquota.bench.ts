import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Env, Handler } from 'fairlead/sdk';
import { quota } from 'fairlead/templates';
import memquota from 'fairlead/adapters/memquota';
import { decodeParams, fakeCall, fakeEnv, sampleInstance, sampleTypes } from 'fairlead/testing';
import { type BenchResult, median } from './result.js';

const ROUNDS = 9;
const WARM_UP = 3;
const DECISIONS = 200_000;
const BATCH = 1000;
const KEYS = 500;
const ENOUGH = 1_000_000_000;
/** Microseconds of CPU time that a decision may take: a million of them a second. */
const GOAL = 1;

const algorithms = ['ROLLING_WINDOW', 'FIXED_WINDOW', 'TOKEN_BUCKET'] as const;
const name = 'requestcount.instance.istio-system';
const instances = Array.from({ length: KEYS }, (_, key) =>
  sampleInstance(quota, {
    name,
    dimensions: Object.assign(Object.create(null), { source: `reviews-${key}`, destination: 'ratings' }),
  }),
);
const call = fakeCall();

/** A handler that goes by the real clock and forgets ids as on a server. */
async function createHandler(algorithm: string, env: Env): Promise<Handler<typeof quota>> {
  const params = `quotas: [{ name: ${name}, maxAmount: ${ENOUGH}, validDuration: 1s, rateLimitAlgorithm: ${algorithm} }]`;
  const types = { quota: new Map([[name, sampleTypes(quota, instances[0]!)]]) };
  return memquota.build({ name: 'limits', config: decodeParams(memquota, params).config, types, env });
}

/** CPU microseconds of a decision. Ids are new each time and just received, as on a server; making them does not count. */
async function cost(decide: (key: number, id: string) => unknown): Promise<number> {
  const round = Math.random().toString(36);
  let micros = 0;
  for (let done = 0; done < DECISIONS; done += BATCH) {
    const ids = Array.from({ length: BATCH }, (_, at) =>
      Buffer.from(`${round}${done + at}requestcount`).toString('latin1'),
    );
    const before = process.cpuUsage();
    for (let at = 0; at < BATCH; at += 1) {
      const pending = decide((done + at) % KEYS, ids[at]!);
      if (pending instanceof Promise) await pending;
    }
    const { user, system } = process.cpuUsage(before);
    micros += user + system;
  }
  // Timers get their turn: ids and windows of the rounds before go.
  await new Promise((resolve) => setTimeout(resolve, 20));
  return micros / DECISIONS;
}

/** Decisions of each algorithm beside those of rate-limiter-flexible in memory, which knows no deduplication. */
export async function run(): Promise<readonly BenchResult[]> {
  const env: Env = {
    ...fakeEnv(),
    clock: { now: () => Date.now() },
    schedule: {
      ...fakeEnv().schedule,
      every: (millis, work) => {
        const timer = setInterval(() => void work(), millis);
        return () => clearInterval(timer);
      },
    },
  };
  const limiter = new RateLimiterMemory({ points: ENOUGH, duration: 1 });
  const keys = Array.from({ length: KEYS }, (_, key) => `reviews-${key};ratings`);
  const handlers = await Promise.all(algorithms.map((algorithm) => createHandler(algorithm, env)));
  const opponent: number[] = [];
  const ours: number[][] = algorithms.map(() => []);
  for (let round = 0; round < ROUNDS + WARM_UP; round += 1) {
    const theirs = await cost((key) => limiter.consume(keys[key]!, 1));
    if (round >= WARM_UP) opponent.push(theirs);
    for (const [index, handler] of handlers.entries()) {
      const own = await cost((key, deduplicationId) =>
        handler.handleQuota(instances[key]!, { amount: 1n, bestEffort: false, deduplicationId }, call),
      );
      if (round >= WARM_UP) ours[index]!.push(own);
    }
  }
  for (const handler of handlers) await handler.close?.();
  return algorithms.map((algorithm, index): BenchResult => {
    const own = median(ours[index]!);
    return {
      name: `memquota ${algorithm}, ${KEYS} keys, distinct ids`,
      ours: `${own.toFixed(2)} us CPU, ${(1 / own).toFixed(2)} M/s`,
      opponent: `rate-limiter-flexible ${median(opponent).toFixed(2)} us CPU`,
      ratio: median(ours[index]!.map((value, round) => value / opponent[round]!)),
      goal: `<= ${GOAL} us (1 M/s)`,
      met: own <= GOAL,
    };
  });
}
