import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** A statsd server that only listens: the packets as they came. */
export interface Receiver {
  readonly port: number;
  readonly packets: readonly string[];
  /** Resolves when so many packets have come. */
  packetsUpTo(count: number): Promise<readonly string[]>;
  close(): void;
}

export async function openReceiver(): Promise<Receiver> {
  const socket: Socket = createSocket('udp4');
  const packets: string[] = [];
  socket.on('message', (bytes) => packets.push(bytes.toString()));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    packets,
    async packetsUpTo(count) {
      while (packets.length < count) await once(socket, 'message', { signal: AbortSignal.timeout(60_000) });
      return packets;
    },
    close: () => void socket.close(),
  };
}
