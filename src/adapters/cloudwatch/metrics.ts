import type { MetricDatum } from '@aws-sdk/client-cloudwatch';
import type { Env, Handler } from 'fairlead/sdk';
import { createDelivery, type SendOutcome } from 'fairlead/sdk/delivery';
import type { metric } from 'fairlead/templates';
import type { MetricsClient } from './clients.js';
import type { CloudwatchConfig } from './config.js';
import { sizeOfDatum, toDatum } from './datum.js';
import { asAwsError, failureOf } from './failure.js';
import type { Skip } from './skips.js';

const limits = {
  queue: { entries: 20_000, bytes: 16 * 2 ** 20 },
  // What a call may have.
  batch: { bytes: 2 ** 20, millis: 1000 },
  concurrency: 4,
  timeoutMillis: 10_000,
};

/** What the two halves of the handler are made of. */
export interface PartOptions<Client> {
  readonly config: CloudwatchConfig;
  readonly env: Env;
  readonly client: Client;
  readonly skip: Skip;
}

/** Handles metrics: they are made ready at once, and sent in the background. */
export function createMetrics({
  config,
  env,
  client,
  skip,
}: PartOptions<MetricsClient>): Required<Handler<typeof metric>> {
  const delivery = createDelivery<MetricDatum>(env, {
    name: 'metrics',
    overflow: 'oldest',
    ...limits,
    batch: { ...limits.batch, entries: config.metricsPerCall },
    sizeOf: sizeOfDatum,
    send: (batch, context) => put(client, batch, context.signal),
  });
  return {
    handleMetric(instances) {
      const now = env.clock.now();
      for (const instance of instances) {
        const datum = toDatum(instance, config.metricInfo.get(instance.name)?.unit ?? 'None', now);
        if (typeof datum === 'string') skip('metric', instance.name, datum);
        else delivery.offer(datum);
      }
    },
    async close() {
      await delivery.close();
      client.close();
    },
  };
}

async function put(
  client: MetricsClient,
  batch: readonly MetricDatum[],
  signal: AbortSignal,
): Promise<SendOutcome<MetricDatum>> {
  try {
    await client.put(batch, signal);
    return { kind: 'delivered' };
  } catch (cause) {
    return failureOf(asAwsError(cause));
  }
}
