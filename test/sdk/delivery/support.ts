import {
  createDelivery,
  type Delivery,
  type DeliveryOptions,
  type SendContext,
  type SendOutcome,
} from 'fairlead/sdk/delivery';
import { type FakeEnv, fakeEnv } from 'fairlead/testing';

/** A `send` that a test answers by hand or by script. */
export interface Backend {
  /** Batches in the order in which they were sent, each attempt anew. */
  readonly batches: (readonly string[])[];
  readonly contexts: SendContext[];
  /** What the next attempts answer; after the last one `fallback` does. */
  readonly script: (SendOutcome<string> | Error | 'hang')[];
  fallback: SendOutcome<string> | Error | 'hang';
}

export interface Fixture {
  readonly env: FakeEnv;
  readonly backend: Backend;
  readonly delivery: Delivery<string>;
  /** A counter or gauge, without its prefix: `dropped:queue_full`. */
  readonly measured: (name: string) => number;
}

export const delivered: SendOutcome<string> = { kind: 'delivered' };
export const retry: SendOutcome<string> = { kind: 'retry', reason: 'busy' };

/** A delivery of texts, whose size is their length; no jitter. */
export function fixture(options: Partial<DeliveryOptions<string>> = {}): Fixture {
  const env = fakeEnv();
  const backend: Backend = { batches: [], contexts: [], script: [], fallback: delivered };
  const delivery = createDelivery<string>(env, {
    name: 'logs',
    sizeOf: (text) => text.length,
    queue: { entries: 100, bytes: 1000 },
    batch: { entries: 3, bytes: 100, millis: 1000 },
    timeoutMillis: 500,
    retry: { attempts: 4, firstMillis: 100, maxMillis: 10_000 },
    circuit: { failures: 50, openMillis: 5000 },
    random: () => 1,
    send: (batch, context) => {
      backend.batches.push(batch);
      backend.contexts.push(context);
      const answer = backend.script.shift() ?? backend.fallback;
      if (answer === 'hang') return new Promise(() => undefined);
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    ...options,
  });
  const measured = (name: string): number => {
    const [metric, reason] = name.split(':');
    const label = reason === undefined ? '' : `,reason="${reason}"`;
    return env.measured.get(`delivery_${metric}{queue="logs"${label}}`) ?? 0;
  };
  return { env, backend, delivery, measured };
}

/** Offers several texts; how many got in. */
export function offerAll(delivery: Delivery<string>, texts: readonly string[]): number {
  return texts.filter((text) => delivery.offer(text)).length;
}
