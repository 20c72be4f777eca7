import type { Handler, Instance, Value } from 'fairlead/sdk';
import { metric } from 'fairlead/templates';
import { decodeParams, fakeCall, fakeEnv, sampleInstance, sampleTypes } from 'fairlead/testing';
import statsd from 'fairlead/adapters/statsd';
import { createHandler, type Outside } from '../../../src/adapters/statsd/handler.js';

type Values = Readonly<Record<string, Value | undefined>>;

export const instance = (name: string, value: Value | undefined, dimensions: Values = {}): Instance<typeof metric> =>
  sampleInstance(metric, { name, value, dimensions: dimensions as Readonly<Record<string, Value>> });

/** A handler for YAML params that gets the instances it is built with. */
export async function build(yaml: string, samples: readonly Instance<typeof metric>[], outside: Outside = {}) {
  const { config, problems } = decodeParams(statsd, yaml);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  const env = fakeEnv();
  const types = { metric: new Map(samples.map((one) => [one.name, sampleTypes(metric, one)])) };
  const handler: Handler<typeof metric> = await createHandler({ name: 'h.default', config, types, env }, outside);
  return {
    env,
    handler,
    record: (...instances: readonly Instance<typeof metric>[]) => void handler.handleMetric(instances, fakeCall()),
    close: async () => handler.close?.(),
  };
}
