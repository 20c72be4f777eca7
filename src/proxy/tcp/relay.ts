import type { Duplex } from 'node:stream';

/** The two sides of a connection through the proxy. */
export interface Sides {
  readonly caller: Duplex;
  readonly upstream: Duplex;
}

export interface RelayEvents {
  /** Bytes from the caller have come, and are passed on. */
  onReceived(length: number): void;
  onSent(length: number): void;
  /** Both sides are closed. */
  onEnd(): void;
}

/**
 * Passes bytes on in both directions until both sides have ended. Each direction ends by itself, and waits for the side
 * that is slower. A side that breaks takes the other with it.
 */
export function relay({ caller, upstream }: Sides, events: RelayEvents): void {
  let open = 2;
  const onClose = (): void => {
    open -= 1;
    if (open === 0) events.onEnd();
  };
  pass(caller, upstream, (length) => events.onReceived(length));
  pass(upstream, caller, (length) => events.onSent(length));
  for (const [side, other] of [
    [caller, upstream],
    [upstream, caller],
  ] as const) {
    const close = (): void => {
      // What it has sent to its end is still to be delivered; then there is nobody to read for.
      if (side.readableEnded && !other.writableFinished) other.once('finish', () => other.destroy());
      else other.destroy();
      onClose();
    };
    if (side.closed) close();
    else side.once('close', close);
  }
}

/** One direction. */
function pass(from: Duplex, to: Duplex, count: (length: number) => void): void {
  // Otherwise the end of one direction would be that of both.
  from.allowHalfOpen = true;
  from.on('data', (chunk: Buffer) => {
    count(chunk.length);
    if (!to.write(chunk)) from.pause();
  });
  to.on('drain', () => from.resume());
  if (from.readableEnded) to.end();
  else from.once('end', () => to.end());
}
