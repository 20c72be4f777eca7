import type { DeliveryOptions } from './types.js';

/** {@link DeliveryOptions} with everything filled in, and within what makes sense. */
export interface Settings<Item> {
  readonly name: string;
  readonly send: DeliveryOptions<Item>['send'];
  readonly sizeOf: (item: Item) => number;
  readonly queue: { readonly entries: number; readonly bytes: number };
  readonly batch: { readonly entries: number; readonly bytes: number; readonly millis: number };
  /** The largest item that has room. */
  readonly largest: number;
  readonly overflow: 'newest' | 'oldest';
  readonly concurrency: number;
  readonly timeoutMillis: number;
  readonly attempts: number;
  readonly firstMillis: number;
  readonly maxMillis: number;
  readonly circuit: { readonly failures: number; readonly openMillis: number };
  readonly closeMillis: number;
  readonly random: () => number;
}

/** The host takes the schedule away after 10 s of closing, and then nobody could end it in order. */
const longestCloseMillis = 9000;

/** Fills in what was left out. */
export function settingsOf<Item>(options: DeliveryOptions<Item>): Settings<Item> {
  const { queue, batch, retry, circuit } = options;
  return {
    name: options.name,
    send: options.send,
    sizeOf: options.sizeOf,
    queue,
    batch,
    largest: Math.min(queue.bytes, batch.bytes),
    overflow: options.overflow ?? 'newest',
    concurrency: Math.max(1, options.concurrency ?? 1),
    timeoutMillis: options.timeoutMillis,
    attempts: retry?.attempts ?? 8,
    firstMillis: retry?.firstMillis ?? 250,
    maxMillis: retry?.maxMillis ?? 15_000,
    circuit: circuit ?? { failures: 5, openMillis: 10_000 },
    closeMillis: Math.min(longestCloseMillis, options.closeMillis ?? 5000),
    random: options.random ?? Math.random,
  };
}
