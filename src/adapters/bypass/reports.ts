import { randomUUID } from 'node:crypto';
import type { Env } from 'fairlead/sdk';
import { createDelivery, type Delivery, type SendOutcome } from 'fairlead/sdk/delivery';
import { rpcCode } from 'fairlead/sdk';
import { type Backend, BackendError } from './backend.js';
import { encodeRequest } from './requests.js';

/** An encoded instance on its way. */
interface Item {
  readonly bytes: Uint8Array;
  /** That of the batch, of which this is the first; a batch that goes out again is still the same. */
  dedupId?: string;
}

/** Where reports go and what goes with them. */
export interface ReportTarget {
  readonly backend: Backend;
  /** Path of the method, like `/metric.HandleMetricService/HandleMetric`. */
  readonly path: string;
  readonly config: Uint8Array | undefined;
}

const queue = { entries: 10_000, bytes: 16 << 20 };
// A message of gRPC may have 4 MiB, and an instance a few bytes more than counted.
const batch = { entries: 500, bytes: 1 << 20, millis: 100 };
const timeoutMillis = 5000;
/** Failures that say nothing about the instances. */
const passing: ReadonlySet<number> = new Set([
  rpcCode.CANCELLED,
  rpcCode.DEADLINE_EXCEEDED,
  rpcCode.RESOURCE_EXHAUSTED,
  rpcCode.ABORTED,
  rpcCode.INTERNAL,
  rpcCode.UNAVAILABLE,
]);

/** Sends encoded instances in batches, in the background. */
export class Reports {
  readonly #delivery: Delivery<Item>;

  constructor(env: Env, name: string, target: ReportTarget) {
    this.#delivery = createDelivery<Item>(env, {
      name,
      queue,
      batch,
      timeoutMillis,
      sizeOf: ({ bytes }) => bytes.length,
      send: (items, { signal }) => send(items, target, signal),
    });
  }

  /** Takes an instance; one that finds no room is dropped and counted. */
  offer(bytes: Uint8Array): void {
    this.#delivery.offer({ bytes });
  }

  /** Brings out what waits, as far as that is possible. */
  close(): Promise<void> {
    return this.#delivery.close();
  }
}

async function send(
  items: readonly Item[],
  { backend, path, config }: ReportTarget,
  signal: AbortSignal,
): Promise<SendOutcome<Item>> {
  const dedupId = (items[0]!.dedupId ??= randomUUID());
  const instances = items.map(({ bytes }) => bytes);
  try {
    await backend.call(path, encodeRequest(instances, { config, dedupId }), signal);
    return { kind: 'delivered' };
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    return { kind: passing.has(error.code) ? 'retry' : 'rejected', reason: error.message };
  }
}
