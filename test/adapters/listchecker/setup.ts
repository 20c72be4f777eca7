import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { TestContext } from 'node:test';
import listchecker from 'fairlead/adapters/listchecker';
import type { Value } from 'fairlead/sdk';
import { listentry } from 'fairlead/templates';
import { decodeParams, fakeCall, type FakeEnv, fakeEnv, sampleInstance, sampleTypes } from 'fairlead/testing';

/** A listchecker under test. */
export interface Checker {
  readonly env: FakeEnv;
  /** `OK`, code and message, or what was thrown. */
  check(value: Value): string;
  /** Lets time pass and waits until that many fetches have had their outcome. */
  pass(seconds: number, fetches: number): Promise<void>;
  /** Closes it as a host does. */
  close(): Promise<void>;
}

const instance = sampleInstance(listentry, { name: 'i', value: 'text' });
const types = { listentry: new Map([['i', sampleTypes(listentry, instance)]]) };

/** Builds one that closes with the test. */
export async function buildChecker(t: TestContext, params: string, env = fakeEnv()): Promise<Checker> {
  const { config, problems } = decodeParams(listchecker, params);
  assert.deepEqual(problems, []);
  const handler = await listchecker.build({ name: 'h.default', config, types, env });
  const close = async (): Promise<void> => {
    env.abort();
    await handler.close?.();
    env.dispose();
  };
  t.after(close);
  return {
    env,
    close,
    check: (value) => {
      try {
        const answer = handler.handleListEntry({ ...instance, value }, fakeCall());
        assert.ok(!(answer instanceof Promise));
        return answer.status === undefined ? 'OK' : `${answer.status.code} ${answer.status.message}`;
      } catch (cause) {
        return `error: ${(cause as Error).message}`;
      }
    },
    pass: async (seconds, fetches) => {
      await env.clock.advance(seconds * 1000);
      await eventuallyFetched(env, fetches);
    },
  };
}

/** Waits for the outcome of real requests, which the fake clock knows nothing of. */
export async function eventuallyFetched(env: FakeEnv, fetches: number): Promise<void> {
  while (fetchesOf(env) < fetches) await turn();
  // The scheduler has to hear of it as well.
  await turn();
}

/** How many fetches have had their outcome. */
export function fetchesOf(env: FakeEnv): number {
  let sum = 0;
  for (const [name, value] of env.measured) if (name.startsWith('list_fetches_total')) sum += value;
  return sum;
}
