import type { Env } from 'fairlead/sdk';
import { createDelivery, type Delivery, type DeliveryOptions, type SendOutcome, textSize } from 'fairlead/sdk/delivery';

import { type Attributes, writeResource, writeScope } from './attributes.js';
import type { Signal } from './signal.js';
import type { Chunk, Encoding, Group, Write } from './sink.js';
import type { Transport, Verdict } from './transport.js';

/** A message that waits, already encoded: nothing of a call is held any longer, and its size is known. */
interface Item {
  /** The service that it belongs to: items of one service share a resource. */
  readonly service: string;
  readonly chunk: Chunk;
}

/** What a pipeline needs besides its signal. */
export interface PipelineOptions {
  readonly env: Env;
  readonly encoding: Encoding;
  readonly transport: Transport;
  readonly timeoutMillis: number;
  /** The resource of a service's telemetry. */
  readonly resourceOf: (service: string) => Attributes;
  /** The service of items that name none. */
  readonly service: string;
  /** Texts that no log line may show: whoever refuses a token may well repeat it. */
  readonly secrets: readonly string[];
}

type Limits = Pick<DeliveryOptions<Item>, 'queue' | 'batch' | 'overflow' | 'concurrency'>;

const mib = 2 ** 20;
const scopeName = 'fairlead';
/** Collectors take 4 MiB over gRPC unless they are told otherwise. */
const common: Limits = {
  queue: { entries: 20_000, bytes: 32 * mib },
  batch: { entries: 1000, bytes: 3 * mib, millis: 1000 },
};
const limits: Readonly<Record<Signal, Limits>> = {
  traces: { ...common, concurrency: 2 },
  logs: { ...common, concurrency: 2 },
  // Newer sums make older ones worthless, and they have to arrive in order.
  metrics: { ...common, batch: { ...common.batch, millis: 100 }, overflow: 'oldest' },
};

/** The way of one signal: encoded at once, delivered in batches. */
export class Pipeline {
  readonly #options: PipelineOptions;
  readonly #signal: Signal;
  readonly #delivery: Delivery<Item>;
  readonly #scope: Chunk;
  #lastWarning = '';

  constructor(signal: Signal, options: PipelineOptions) {
    this.#options = options;
    this.#signal = signal;
    this.#scope = options.encoding.encode(writeScope, scopeName);
    this.#delivery = createDelivery<Item>(options.env, {
      name: signal,
      ...limits[signal],
      timeoutMillis: options.timeoutMillis,
      sizeOf: ({ chunk }) => (typeof chunk === 'string' ? textSize(chunk) : chunk.length),
      send: (batch, { signal: abort }) => this.#send(batch, abort),
    });
  }

  /** Takes a message; drops and counts it when there is no room. */
  offer<T>(write: Write<T>, value: T, service = this.#options.service): void {
    this.#delivery.offer({ service, chunk: this.#options.encoding.encode(write, value) });
  }

  /** Brings out what waits. */
  close(): Promise<void> {
    return this.#delivery.close();
  }

  async #send(batch: readonly Item[], abort: AbortSignal): Promise<SendOutcome<Item>> {
    const { encoding, transport } = this.#options;
    const body = encoding.join(this.#signal, { scope: this.#scope, groups: this.#groupsOf(batch) });
    const verdict = await transport.send(this.#signal, body, abort);
    return this.#outcomeOf(maskVerdict(verdict, this.#options.secrets), batch);
  }

  #outcomeOf(verdict: Verdict, batch: readonly Item[]): SendOutcome<Item> {
    if (verdict.kind !== 'partial') return verdict;
    if (verdict.rejected === 0) {
      this.#warn(verdict.reason);
      return { kind: 'delivered' };
    }
    // Data points are counted by the collector, and there are many in one item.
    return { ...verdict, again: [], rejected: Math.min(verdict.rejected, batch.length) };
  }

  /** Collectors repeat themselves with every request. */
  #warn(reason: string): void {
    if (reason === this.#lastWarning) return;
    this.#lastWarning = reason;
    this.#options.env.log.warn('the collector took the request, with a warning', {
      signal: this.#signal,
      warning: reason,
    });
  }

  #groupsOf(batch: readonly Item[]): readonly Group[] {
    const { encoding, resourceOf } = this.#options;
    const byService = new Map<string, Chunk[]>();
    for (const { service, chunk } of batch) {
      const known = byService.get(service);
      if (known === undefined) byService.set(service, [chunk]);
      else known.push(chunk);
    }
    return Array.from(byService, ([service, items]) => ({
      resource: encoding.encode(writeResource, resourceOf(service)),
      items,
    }));
  }
}

function maskVerdict(verdict: Verdict, secrets: readonly string[]): Verdict {
  if (verdict.kind === 'delivered') return verdict;
  return { ...verdict, reason: secrets.reduce((text, secret) => text.replaceAll(secret, '***'), verdict.reason) };
}
