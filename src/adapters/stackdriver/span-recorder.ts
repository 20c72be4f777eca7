import type { BuildInput, Env, Instance } from 'fairlead/sdk';
import { createDelivery, type Delivery, textSize } from 'fairlead/sdk/delivery';
import { createSampler, type Sampler, toSpan } from 'fairlead/sdk/tracing';
import type { tracespan } from 'fairlead/templates';
import type { Api } from './api.js';
import type { StackdriverConfig } from './config.js';
import { encodeSpan, hasWritableTimes } from './span-message.js';
import { takeAll } from './take-all.js';

/** What {@link SpanRecorder} works with. */
export interface SpanRecorderOptions {
  readonly api: Api;
  /** Where Cloud Trace is. */
  readonly endpoint: string;
  readonly projectId: string;
}

type TraceSpan = Instance<typeof tracespan>;
type Input = Pick<BuildInput<StackdriverConfig, typeof tracespan>, 'config' | 'env'>;

/** Writes the spans of sampled traces to Cloud Trace (adapters.md 4.6, 4.8). */
export class SpanRecorder {
  readonly #sampler: Sampler;
  readonly #delivery: Delivery<string>;
  readonly #skipped: ReturnType<Env['metrics']['counter']>;
  readonly #projectId: string;

  constructor({ config, env }: Input, { api, endpoint, projectId }: SpanRecorderOptions) {
    this.#sampler = createSampler(config.trace?.sampleProbability ?? 0);
    this.#skipped = env.metrics.counter('spans_skipped', 'Spans that were not exported because they are malformed.');
    this.#projectId = projectId;
    const url = `${endpoint}/v2/projects/${encodeURIComponent(projectId)}/traces:batchWrite`;
    this.#delivery = createDelivery<string>(env, {
      name: 'spans',
      overflow: 'oldest',
      queue: { entries: 10_000, bytes: 32 << 20 },
      batch: { entries: 500, bytes: 4 << 20, millis: 1000 },
      timeoutMillis: 15_000,
      sizeOf: textSize,
      send: api.createSend<string>({
        encode: (batch) => ({ method: 'POST', url, body: `{"spans":[${batch.join(',')}]}` }),
      }),
    });
  }

  /** Takes spans; those that are not sampled or malformed are left out. */
  record(spans: readonly TraceSpan[]): void {
    takeAll(spans, (span) => this.#add(span));
  }

  close(): Promise<void> {
    return this.#delivery.close();
  }

  #add(instance: TraceSpan): void {
    const span = toSpan(instance, this.#sampler);
    if (span === 'not_sampled') return;
    if (typeof span === 'string') this.#skipped.add(1, { reason: span });
    else if (!hasWritableTimes(span)) this.#skipped.add(1, { reason: 'time' });
    else this.#delivery.offer(encodeSpan(span, this.#projectId));
  }
}
