import type { Env, Instance } from 'fairlead/sdk';
import { createDelivery, textSize } from 'fairlead/sdk/delivery';
import { createSampler } from 'fairlead/sdk/tracing';
import type { tracespan } from 'fairlead/templates';
import type { SignalfxConfig } from './config.js';
import { createIngestSender } from './ingest.js';
import { toSpan } from './span.js';

/** Spans on their way to SignalFx. */
export interface SpanSink {
  record(spans: readonly Instance<typeof tracespan>[]): void;
  close(): Promise<void>;
}

const maxBatch = 100;
const maxBytes = { queue: 32 * 2 ** 20, batch: 4 * 2 ** 20 };

/** Writes spans as JSON at once, for they refer to the call, and sends them together. */
export function createSpanSink(config: SignalfxConfig, env: Env): SpanSink {
  const sampler = createSampler(config.tracingSampleProbability);
  const skipped = env.metrics.counter('spans_skipped', 'Spans that were not exported because they are malformed.');
  const entries = config.tracingBufferSize;
  const delivery = createDelivery<string>(env, {
    name: 'spans',
    queue: { entries, bytes: maxBytes.queue },
    batch: { entries: Math.min(maxBatch, entries), bytes: maxBytes.batch, millis: 1000 },
    timeoutMillis: 8000,
    sizeOf: textSize,
    send: createIngestSender<string>(config, {
      path: '/v1/trace',
      contentType: 'application/json',
      encode: (batch) => ({ body: `[${batch.join(',')}]` }),
    }),
  });
  return {
    record(spans) {
      for (const instance of spans) {
        const span = toSpan(instance, sampler);
        if (typeof span !== 'string') delivery.offer(JSON.stringify(span));
        else if (span !== 'not_sampled') skipped.add(1, { reason: span });
      }
    },
    close: () => delivery.close(),
  };
}
