import type { BuildInput, Handler, Instance } from 'fairlead/sdk';
import { createDelivery, createHttpSender, type Delivery } from 'fairlead/sdk/delivery';
import type { metric } from 'fairlead/templates';
import { type Aggregate, createCounter, createDistribution, createGauge, type TrapValue } from './aggregate.js';
import type { CirconusConfig } from './config.js';
import { validateTypes } from './validate-types.js';

type Input = BuildInput<CirconusConfig, typeof metric>;

const create: Readonly<Record<CirconusConfig['metrics'][number]['type'], () => Aggregate>> = {
  UNKNOWN: createCounter,
  COUNTER: createCounter,
  GAUGE: createGauge,
  DISTRIBUTION: createDistribution,
};

/** Sums metrics up, and puts what came together to the check after each interval. */
export function createHandler(input: Input): Handler<typeof metric> {
  const { config, env } = input;
  refuseMisfits(input);
  const aggregates = new Map(config.metrics.map(({ name, type }) => [name, create[type]()]));
  const delivery = createDelivery<string>(env, {
    name: 'metrics',
    send: createHttpSender({
      url: config.submissionUrl,
      method: 'PUT',
      // Who knows the end of the path may write to the check.
      secrets: new URL(config.submissionUrl).pathname.split('/').slice(-1),
      headers: { 'content-type': 'application/json' },
      encode: ([body = '']) => ({ body }),
    }),
    sizeOf: (body) => body.length,
    // Ten minutes of an unreachable check at the usual interval.
    queue: { entries: 60, bytes: 16 * 1024 * 1024 },
    // Each document is a batch, and goes at once.
    batch: { entries: 1, bytes: 16 * 1024 * 1024, millis: 1000 },
    overflow: 'oldest',
    timeoutMillis: 10_000,
  });
  const submit = (): void => offerAll(aggregates, delivery);
  env.schedule.every(config.submissionInterval.toMillis(), submit);
  let isOpen = true;
  return {
    handleMetric: (instances) => recordAll(instances, aggregates),
    async close() {
      if (isOpen) submit();
      isOpen = false;
      await delivery.close();
    },
  };
}

/** Throws where an instance could never be recorded. What else there is to say about types the host has said. */
function refuseMisfits({ config, types }: Input): void {
  const problems: string[] = [];
  validateTypes(config, types, (path, message, severity = 'error') => {
    if (severity === 'error') problems.push(`${path}: ${message}`);
  });
  if (problems.length > 0) throw new Error(problems.join('; '));
}

function recordAll(instances: readonly Instance<typeof metric>[], aggregates: ReadonlyMap<string, Aggregate>): void {
  const problems: string[] = [];
  for (const { name, value } of instances) {
    try {
      const aggregate = aggregates.get(name);
      if (aggregate === undefined) problems.push(`${name}: there is no entry for it`);
      else aggregate.record(value);
    } catch (cause) {
      problems.push(`${name}: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
  }
  if (problems.length > 0) throw new Error(problems.join('; '));
}

/** One document with all that was recorded; none when nothing was. */
function offerAll(aggregates: ReadonlyMap<string, Aggregate>, delivery: Delivery<string>): void {
  const document = Object.create(null) as Record<string, TrapValue>;
  for (const [name, aggregate] of aggregates) {
    const taken = aggregate.take();
    if (taken !== undefined) document[name] = taken;
  }
  if (Object.keys(document).length > 0) delivery.offer(JSON.stringify(document));
}
