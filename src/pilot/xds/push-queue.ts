import { type Change, mergeChanges } from './debounce.js';

export interface PushQueueOptions<C> {
  /** How many are served before others get a turn. */
  readonly slice: number;
  /** Runs before each push. */
  readonly refresh: (change: Change) => void;
  readonly clients: ReadonlySet<C>;
  readonly serve: (client: C, change: Change) => void;
}

/** Makes pushes to all clients: one push at a time, a few clients at a time, so that requests are heard in between. */
export function createPushQueue<C>({ slice, refresh, clients, serve }: PushQueueOptions<C>): (change: Change) => void {
  let queued: Change | undefined;
  let isPushing = false;
  const pushQueued = (): void => {
    const change = queued;
    queued = undefined;
    isPushing = change !== undefined;
    if (change === undefined) return;
    refresh(change);
    const waiting = [...clients];
    let next = 0;
    const serveSlice = (): void => {
      for (const client of waiting.slice(next, next + slice)) if (clients.has(client)) serve(client, change);
      next += slice;
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
