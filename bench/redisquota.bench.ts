import { Redis } from 'ioredis';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import redisquota from 'fairlead/adapters/redisquota';
import type { Handler, Instance } from 'fairlead/sdk';
import { quota } from 'fairlead/templates';
import { decodeParams, fakeCall, sampleInstance, sampleTypes } from 'fairlead/testing';
import { createHost } from '../src/runtime/index.js';
import { RedisProcess } from '../test/support/redis.js';
import { type BenchResult, median } from './result.js';

const inFlight = 64;
const keyCount = 500;
const rounds = 7;
const callsPerRound = 12_000;

interface Candidate {
  readonly name: string;
  /** One operation on the key with this index. */
  readonly call: (key: number, id: number) => Promise<unknown>;
  readonly close: () => Promise<void> | void;
}

/** Decisions a second against plain INCRBY on the same server, taken in turns within one run. */
export async function run(): Promise<readonly BenchResult[]> {
  const server = await RedisProcess.start();
  const candidates = [
    plain('INCRBY, auto-pipelined', server),
    await ours('FIXED_WINDOW', server),
    await ours('ROLLING_WINDOW', server),
    await ours('TOKEN_BUCKET', server),
    flexible(server),
  ];
  try {
    const rates = candidates.map((): number[] => []);
    for (const candidate of candidates) await rate(candidate, callsPerRound);
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, candidate] of candidates.entries()) rates[index]!.push(await rate(candidate, callsPerRound));
    }
    const [base, fixed, rolling, bucket, other] = rates as [number[], number[], number[], number[], number[]];
    const incrby = 'INCRBY';
    return [
      row('redisquota: fixed window', { ours: fixed, opponent: base, against: incrby, goal: 0.22 }),
      row('redisquota: rolling window', { ours: rolling, opponent: base, against: incrby, goal: 0.17 }),
      row('redisquota: token bucket', { ours: bucket, opponent: base, against: incrby }),
      row('redisquota: fixed window', { ours: fixed, opponent: other, against: 'rate-limiter-flexible' }),
    ];
  } finally {
    for (const { close } of candidates) await close();
    await server.remove();
  }
}

function row(
  name: string,
  figures: {
    readonly ours: readonly number[];
    readonly opponent: readonly number[];
    readonly against: string;
    readonly goal?: number;
  },
): BenchResult {
  const { goal } = figures;
  // Within a round, so that a busy neighbour hits both.
  const ratio = median(figures.ours.map((value, round) => value / figures.opponent[round]!));
  const perSecond = (values: readonly number[]): string => `${Math.round(median(values)).toLocaleString('en')}/s`;
  return {
    name: `${name}; ${figures.against}`,
    ours: perSecond(figures.ours),
    opponent: perSecond(figures.opponent),
    ratio,
    goal: goal === undefined ? '' : `>= ${goal}`,
    met: goal === undefined || ratio >= goal,
  };
}

function plain(name: string, server: RedisProcess): Candidate {
  const client = new Redis({ host: '127.0.0.1', port: server.port, enableAutoPipelining: true });
  return {
    name,
    call: (key) => client.incrby(`plain:${key}`, 1),
    close: () => client.disconnect(),
  };
}

async function ours(algorithm: string, server: RedisProcess): Promise<Candidate> {
  const limit = `maxAmount: 1000000000, validDuration: 60s, bucketDuration: 1s, rateLimitAlgorithm: ${algorithm}`;
  const { config } = decodeParams(
    redisquota,
    `{ redisServerUrl: "${server.address}", timeout: 2s, quotas: [{ name: q, ${limit} }] }`,
  );
  const { log } = createHost({ log: silent }).createEnv('bench', 'redisquota').env;
  const { env } = createHost({ log }).createEnv('bench', 'redisquota');
  const instances = Array.from({ length: keyCount }, (_, key): Instance<typeof quota> =>
    sampleInstance(quota, { name: 'q', dimensions: { source: `client-${key}`, path: '/api/v1' } }),
  );
  const types = { quota: new Map([['q', sampleTypes(quota, instances[0]!)]]) };
  const handler: Handler<typeof quota> = await redisquota.build({ name: 'bench', config, types, env });
  const context = fakeCall();
  return {
    name: algorithm,
    call: async (key, id) => {
      const args = { amount: 1n, bestEffort: false, deduplicationId: `${algorithm}-${id}` };
      const { status } = await handler.handleQuota(instances[key]!, args, context);
      if (status !== undefined) throw new Error(`${status.code} ${status.message}`);
    },
    close: () => handler.close?.(),
  };
}

const nothing = (): void => undefined;
const silent = { debugEnabled: false, debug: nothing, info: nothing, warn: nothing, error: nothing };

function flexible(server: RedisProcess): Candidate {
  const client = new Redis({ host: '127.0.0.1', port: server.port, enableAutoPipelining: true });
  const limiter = new RateLimiterRedis({ storeClient: client, points: 1_000_000_000, duration: 60 });
  return {
    name: 'rate-limiter-flexible',
    call: (key) => limiter.consume(`client-${key}`, 1),
    close: () => client.disconnect(),
  };
}

let nextId = 0;

/** Operations a second with {@link inFlight} of them under way. */
async function rate(candidate: Candidate, count: number): Promise<number> {
  let left = count;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      nextId += 1;
      await candidate.call(nextId % keyCount, nextId);
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: inFlight }, worker));
  return (count * 1000) / (performance.now() - start);
}
