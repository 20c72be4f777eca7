import assert from 'node:assert/strict';
import redisquota from 'fairlead/adapters/redisquota';
import type { Env, Handler, QuotaArgs, QuotaResult, Value } from 'fairlead/sdk';
import { quota } from 'fairlead/templates';
import { decodeParams, fakeCall, sampleInstance, sampleTypes } from 'fairlead/testing';
import { createHost } from '../../../src/runtime/index.js';
import { MemoryLog } from '../../support/memory-log.js';

type Dimensions = Readonly<Record<string, Value>>;
type Ask = Partial<QuotaArgs> & { readonly dimensions?: Dimensions; readonly name?: string };

/** A handler in a real host's environment, whose answers read `[amount, seconds, code]`. */
export interface Counter {
  readonly handler: Handler<typeof quota>;
  readonly log: MemoryLog;
  /** Asks for an amount; each call has a deduplication id of its own unless one is given. */
  ask(amount: bigint | number, options?: Ask): Promise<readonly [bigint, number, number]>;
  answer(amount: bigint | number, options?: Ask): Promise<QuotaResult>;
  /** The value of one of the adapter's metrics, by name and labels as the exposition has them. */
  metric(pattern: RegExp): number;
  close(): Promise<void>;
}

let handlers = 0;

/** Builds a handler; `params` is YAML, `names` are the instances that reach it. */
export async function createCounter(
  params: string,
  options: { readonly names?: readonly string[]; readonly dimensions?: Dimensions; readonly env?: Env } = {},
): Promise<Counter> {
  const { config, problems } = decodeParams(redisquota, params);
  assert.deepEqual(problems, []);
  const log = new MemoryLog();
  const host = createHost({ log });
  const lent = host.createEnv('h.default', 'redisquota');
  const instanceOf = (name: string, dimensions: Dimensions = options.dimensions ?? {}) =>
    sampleInstance(quota, { name, dimensions: Object.assign(Object.create(null), dimensions) });
  const types = {
    quota: new Map((options.names ?? ['q']).map((name) => [name, sampleTypes(quota, instanceOf(name))])),
  };
  const handler = await redisquota.build({ name: 'h.default', config, types, env: options.env ?? lent.env });
  const prefix = `call-${(handlers += 1)}-${process.pid}`;
  let calls = 0;
  const answer = async (amount: bigint | number, ask: Ask = {}): Promise<QuotaResult> => {
    const { name = 'q', dimensions, deduplicationId = `${prefix}-${(calls += 1)}`, bestEffort = false } = ask;
    const args = { amount: BigInt(amount), deduplicationId, bestEffort };
    return handler.handleQuota(instanceOf(name, dimensions), args, fakeCall());
  };
  return {
    handler,
    log,
    answer,
    ask: async (amount, ask) => {
      const { status, amount: granted, validDuration } = await answer(amount, ask);
      return [granted, validDuration?.toSeconds() ?? 0, status?.code ?? 0];
    },
    metric: (pattern) => {
      const line = host
        .renderPrometheus()
        .split('\n')
        .find((text) => !text.startsWith('#') && pattern.test(text));
      return Number(line?.split(' ').at(-1) ?? Number.NaN);
    },
    close: async () => {
      lent.abort();
      await handler.close?.();
      lent.dispose();
    },
  };
}
