import type { QuotaArgs, Value } from 'fairlead/sdk';
import { quota } from 'fairlead/templates';
import memquota from 'fairlead/adapters/memquota';
import { decodeParams, fakeCall, type FakeEnv, fakeEnv, sampleInstance, sampleTypes } from 'fairlead/testing';

type Dimensions = Readonly<Record<string, Value>>;

/** A handler whose clock is turned by hand and whose answers read `[amount, seconds]`. */
export interface Counter {
  readonly env: FakeEnv;
  /** Asks for an amount; each call has a deduplication id of its own unless one is given. */
  readonly ask: (
    amount: bigint,
    options?: Partial<QuotaArgs> & { name?: string; dimensions?: Dimensions },
  ) => readonly [bigint, number];
  /** Lets time pass until so many seconds after the start. */
  readonly at: (second: number) => Promise<void>;
  readonly close: () => void;
}

export async function createCounter(
  params: string,
  options: { readonly dimensions?: Dimensions; readonly names?: readonly string[] } = {},
): Promise<Counter> {
  const { config, problems } = decodeParams(memquota, params);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  const env = fakeEnv();
  const start = env.clock.now();
  const instanceOf = (name: string, dimensions: Dimensions = options.dimensions ?? {}) =>
    sampleInstance(quota, { name, dimensions: Object.assign(Object.create(null), dimensions) });
  const types = {
    quota: new Map((options.names ?? ['q']).map((name) => [name, sampleTypes(quota, instanceOf(name))])),
  };
  const handler = await memquota.build({ name: 'h.default', config, types, env });
  let calls = 0;
  return {
    env,
    ask: (amount, { name = 'q', dimensions, deduplicationId = `call-${(calls += 1)}`, bestEffort = false } = {}) => {
      const args = { amount, deduplicationId, bestEffort };
      const answer = handler.handleQuota(instanceOf(name, dimensions), args, fakeCall({ clock: env.clock }));
      if (answer instanceof Promise) throw new Error('memquota answers at once');
      return [answer.amount, answer.validDuration?.toSeconds() ?? 0];
    },
    at: (second) => env.clock.advance(Math.round(start + second * 1000 - env.clock.now())),
    close: () => void handler.close?.(),
  };
}
