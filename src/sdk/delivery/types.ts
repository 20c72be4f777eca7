/** What became of one attempt to send a batch. Throwing counts as `retry` with the error's text as the reason. */
export type SendOutcome<Item> =
  /** All of it arrived. */
  | { readonly kind: 'delivered' }
  /** It may arrive later: the batch goes out again after a back-off, or after `retryAfterMillis` when that is longer. */
  | { readonly kind: 'retry'; readonly reason: string; readonly retryAfterMillis?: number }
  /** It never will: the batch is dropped and counted. The circuit does not open, for the backend is alive. */
  | { readonly kind: 'rejected'; readonly reason: string }
  /** It is more than the backend takes at once: the halves go out one after the other. An item alone is dropped. */
  | { readonly kind: 'split'; readonly reason: string }
  /** Some arrived. What is in `again` is sent once more, as after `retry`; `rejected` were refused for good. */
  | {
      readonly kind: 'partial';
      readonly reason: string;
      readonly again: readonly Item[];
      readonly rejected: number;
      readonly retryAfterMillis?: number;
    };

/** What one attempt gets besides its batch. */
export interface SendContext {
  /**
   * Aborted when the attempt has taken `timeoutMillis`, or when closing has run out of time. A `send` that has not ended
   * 50 ms later is no longer waited for.
   */
  readonly signal: AbortSignal;
  /** 1 for the first attempt of a batch. */
  readonly attempt: number;
}

/** Why an item was dropped: the label `reason` of `delivery_dropped`. */
export type DropReason =
  /** The queue held as many entries or bytes as it may. */
  | 'queue_full'
  /** The item alone is larger than a batch or the queue may be, or its size cannot be told. */
  | 'too_large'
  /** All attempts failed. */
  | 'retries_exhausted'
  /** The backend refused it for good. */
  | 'rejected'
  /** It was still waiting when the time for closing was over, or was offered after that. */
  | 'closed';

/** How a delivery behaves. All times in milliseconds, all sizes in bytes. */
export interface DeliveryOptions<Item> {
  /** What is delivered, as the label `queue` and log lines have it: `logs`, `metrics`, `spans`. */
  readonly name: string;
  /** Sends a batch: never empty, never more than `batch` allows. Not called again before it has ended, unless `concurrency` allows. */
  readonly send: (batch: readonly Item[], context: SendContext) => Promise<SendOutcome<Item>>;
  /** About how much memory an item holds, in bytes; called once per item, when it is offered. */
  readonly sizeOf: (item: Item) => number;
  /** Bounds of what waits and what is on its way together. */
  readonly queue: { readonly entries: number; readonly bytes: number };
  /** A batch goes out when it has so many entries or bytes, or when its oldest entry has waited so long. */
  readonly batch: { readonly entries: number; readonly bytes: number; readonly millis: number };
  /** What gives way when the queue is full: the newcomer (when left out) or the oldest that waits. */
  readonly overflow?: 'newest' | 'oldest';
  /** Batches on their way at once; 1 when left out, which keeps their order. */
  readonly concurrency?: number;
  /** How long one attempt may take. */
  readonly timeoutMillis: number;
  /**
   * Attempts per batch (8 when left out), and the back-off between them: full jitter between 0 and `firstMillis` × 2ⁿ,
   * at most `maxMillis` (250 and 15 000). Besides there is a budget: retries that are more than one fifth of all first
   * attempts, and ten, wait for `maxMillis`, so that a sick backend does not get a multiple of its load.
   */
  readonly retry?: { readonly attempts: number; readonly firstMillis: number; readonly maxMillis: number };
  /**
   * After so many failed attempts in a row the circuit opens: nothing is sent until `openMillis` have passed, then one
   * batch tries the way, which counts as one of its attempts. The queue keeps filling up to its bounds meanwhile. 5 and
   * 10 000 when left out.
   */
  readonly circuit?: { readonly failures: number; readonly openMillis: number };
  /**
   * How long `close` may take to bring out what waits: 5000 when left out, 9000 at most, for the host itself waits for 10
   * seconds. It takes less when the circuit is open and the last attempt fails too.
   */
  readonly closeMillis?: number;
  /** For the jitter; `Math.random` when left out. */
  readonly random?: () => number;
}

/** A queue between requests, which never wait, and a backend, which may be slow, ill or gone. */
export interface Delivery<Item> {
  /** Takes an item, or drops it and says so with false. Never waits, never throws, never calls `send` itself. */
  offer(item: Item): boolean;
  /** Sends what waits without waiting for a full batch; resolves when all that was offered before has ended one way or the other. */
  flush(): Promise<void>;
  /** Brings out what waits, for at most `closeMillis`; the rest is dropped and counted. Twice does no harm. */
  close(): Promise<void>;
  readonly state: DeliveryState;
}

/** What a delivery holds at the moment. */
export interface DeliveryState {
  readonly entries: number;
  readonly bytes: number;
  readonly circuit: 'closed' | 'open' | 'probing';
}
