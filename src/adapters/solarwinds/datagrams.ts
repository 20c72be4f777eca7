import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import type { Clock } from 'fairlead/sdk';
import type { Receiver } from './receiver.js';

/** How far a batch came: that many datagrams went out, and what stopped the next one. */
interface Progress {
  readonly sent: number;
  readonly failure?: unknown;
}

/** Sends datagrams in their order, up to the first that cannot be. */
export type SendDatagrams = (datagrams: readonly Uint8Array[], signal: AbortSignal) => Promise<Progress>;

/** What a name resolves to. */
export type Lookup = (host: string) => Promise<{ readonly address: string; readonly family: number }>;

const freshMillis = 60_000;

/**
 * Makes a sender to one receiver. Each batch has a socket of its own, so nothing is left behind; the address is looked
 * up once a minute, and again after a failure.
 */
export function createDatagramSender(receiver: Receiver, clock: Clock, ask: Lookup = lookup): SendDatagrams {
  let known: { readonly address: string; readonly family: number; readonly until: number } | undefined;
  return async (datagrams, signal) => {
    try {
      if (known === undefined || known.until <= clock.now()) {
        known = { ...(await ask(receiver.host)), until: clock.now() + freshMillis };
      }
      // A name server may take longer than the attempt: the lines are then another attempt's.
      signal.throwIfAborted();
    } catch (failure) {
      return { sent: 0, failure };
    }
    const progress = await sendAll(datagrams, { ...known, port: receiver.port });
    if (progress.sent < datagrams.length) known = undefined;
    return progress;
  };
}

async function sendAll(
  datagrams: readonly Uint8Array[],
  to: { readonly address: string; readonly family: number; readonly port: number },
): Promise<Progress> {
  const socket = createSocket(to.family === 6 ? 'udp6' : 'udp4');
  // Each failure comes to the callback of its datagram too.
  socket.on('error', () => undefined);
  let sent = 0;
  try {
    for (const datagram of datagrams) {
      await send(socket, datagram, to);
      sent += 1;
    }
    return { sent };
  } catch (failure) {
    return { sent, failure };
  } finally {
    socket.close();
  }
}

function send(
  socket: Socket,
  datagram: Uint8Array,
  { port, address }: { readonly port: number; readonly address: string },
): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.send(datagram, port, address, (error) => (error === null ? resolve() : reject(error)));
  });
}
