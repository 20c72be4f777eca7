import type { BuildInput, Handler } from 'fairlead/sdk';
import { createDelivery, createHttpSender, textSize } from 'fairlead/sdk/delivery';
import { createSampler, toSpan } from 'fairlead/sdk/tracing';
import type { tracespan } from 'fairlead/templates';

import type { ZipkinConfig } from './config.js';
import { toZipkin } from './encode.js';

type Input = BuildInput<ZipkinConfig, typeof tracespan>;

// As Mixer had it: 100 at a time, every second, a backlog of 1000.
const limits = {
  queue: { entries: 1000, bytes: 32 * 2 ** 20 },
  batch: { entries: 100, bytes: 4 * 2 ** 20, millis: 1000 },
  timeoutMillis: 5000,
};

/** Writes spans as JSON at once, for they refer to the call, and leaves the rest to a delivery. */
export function createHandler({ config, env }: Input): Handler<typeof tracespan> {
  if (!(config.sampleProbability > 0)) return { handleTraceSpan: () => undefined };
  const sampler = createSampler(config.sampleProbability);
  const skipped = env.metrics.counter('spans_skipped', 'Spans that were not exported because they are malformed.');
  const delivery = createDelivery<string>(env, {
    name: 'spans',
    overflow: 'oldest',
    ...limits,
    sizeOf: textSize,
    send: createHttpSender({
      url: config.url,
      headers: { 'content-type': 'application/json' },
      encode: (batch) => ({ body: `[${batch.join(',')}]` }),
    }),
  });
  return {
    handleTraceSpan: (instances) => {
      for (const instance of instances) {
        const span = toSpan(instance, sampler);
        if (typeof span !== 'string') delivery.offer(JSON.stringify(toZipkin(span)));
        else if (span !== 'not_sampled') skipped.add(1, { reason: span });
      }
    },
    close: () => delivery.close(),
  };
}
