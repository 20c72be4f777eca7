import type { Signal } from './signal.js';
import type { Chunk } from './sink.js';

/** What the collector made of an export request. */
export type Verdict =
  | { readonly kind: 'delivered' }
  /** It took the request but for `rejected` spans, records or data points, which must not be sent again. */
  | { readonly kind: 'partial'; readonly rejected: number; readonly reason: string }
  | { readonly kind: 'retry'; readonly reason: string; readonly retryAfterMillis?: number }
  /** The request is more than it takes at once. */
  | { readonly kind: 'split'; readonly reason: string }
  | { readonly kind: 'rejected'; readonly reason: string };

/** The way to a collector, over HTTP or gRPC. */
export interface Transport {
  /** Sends a request once. What it rejects with means that it may be sent again. */
  send(signal: Signal, body: Chunk, abort: AbortSignal): Promise<Verdict>;
  close(): void;
}
