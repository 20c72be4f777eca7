import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import solarwinds from 'fairlead/adapters/solarwinds';
import type { Value } from 'fairlead/sdk';
import { logentry, metric } from 'fairlead/templates';
import { decodeParams, fakeCall, fakeEnv, sampleInstance } from 'fairlead/testing';
import { eventually } from '../../support/peer.js';

type Values = Readonly<Record<string, Value>>;

const labels = { code: 'INT64', path: 'STRING' } as const;

/** A handler for the metric `m`, whose labels are `code` and `path`, and the log `l`. */
export async function setUp(t: TestContext, params: string) {
  const { config, problems } = decodeParams(solarwinds, params);
  assert.deepEqual(problems, []);
  const env = fakeEnv();
  const types = { metric: new Map([['m', { value: 'INT64', dimensions: labels }]]), logentry: new Map([['l', {}]]) };
  const handler = await solarwinds.build({ name: 'h.default', config, types: types as never, env });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= Promise.resolve(handler.close?.()));
  /** Lets time pass until something is true: the clock is the test's, the network is real. */
  const until = (ask: () => boolean, step = 500) =>
    eventually(async () => {
      await env.clock.advance(step);
      return ask() || undefined;
    });
  t.after(async () => {
    let closed = false;
    void close().then(() => (closed = true));
    await until(() => closed);
    env.dispose();
  });
  return {
    env,
    close,
    until,
    measure: (value: Value, dimensions: Values = {}, name = 'm') =>
      void handler.handleMetric([sampleInstance(metric, { name, value, dimensions })], fakeCall()),
    log: (variables: Values, name = 'l') =>
      void handler.handleLogEntry([sampleInstance(logentry, { name, variables })], fakeCall()),
    handler,
  };
}
