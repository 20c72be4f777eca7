import { type Change, mergeChanges } from './debounce.js';

export interface PushQueueOptions<C> {
  /** How many are served before others get a turn, and how long that takes: whichever is more. */
  readonly slice: number;
  readonly sliceMillis: number;
  readonly now: () => number;
  /** Runs before each push; gives what has changed for clients. */
  readonly refresh: (change: Change) => Change;
  readonly clients: ReadonlySet<C>;
  readonly serve: (client: C, change: Change) => void;
}

/**
 * Makes pushes to all clients: one push at a time, a few clients at a time, so that requests are heard in between. What
 * is done soon is not held up by the answers to it.
 */
export function createPushQueue<C>(options: PushQueueOptions<C>): (change: Change) => void {
  const { slice, sliceMillis, now, refresh, clients, serve } = options;
  let queued: Change | undefined;
  let isPushing = false;
  const pushQueued = (): void => {
    const heard = queued;
    queued = undefined;
    isPushing = heard !== undefined;
    if (heard === undefined) return;
    const change = refresh(heard);
    const waiting = [...clients];
    let next = 0;
    const serveSlice = (): void => {
      const [first, began] = [next, now()];
      while (next < waiting.length && (next < first + slice || now() - began < sliceMillis)) {
        const client = waiting[next++]!;
        if (clients.has(client)) serve(client, change);
      }
      if (next < waiting.length) setImmediate(serveSlice);
      else pushQueued();
    };
    serveSlice();
  };
  return (change) => {
    queued = queued === undefined ? change : mergeChanges(queued, change);
    if (!isPushing) pushQueued();
  };
}
