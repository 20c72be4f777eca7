import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { FluentServer, type FluentServerOptions } from '@fluent-org/logger';
import { eventually } from './peer.js';

/** An event as a forward server got it. */
export interface ForwardEvent {
  readonly tag: string;
  readonly time: unknown;
  readonly record: Readonly<Record<string, unknown>>;
}

/** A real server of the forward protocol. */
export interface ForwardServer {
  readonly port: number;
  readonly address: string;
  readonly events: readonly ForwardEvent[];
  /** Waits until so many events have come. */
  received(count: number): Promise<readonly ForwardEvent[]>;
  close(): Promise<void>;
}

/** Starts one on 127.0.0.1, at a free port unless one is given. */
export async function startForwardServer(options: FluentServerOptions = {}, port = 0): Promise<ForwardServer> {
  const events: ForwardEvent[] = [];
  const server = new FluentServer({ ...options, listenOptions: { host: '127.0.0.1', port } });
  server.on('entry', (tag: string, time: unknown, record: ForwardEvent['record']) =>
    events.push({ tag, time, record }),
  );
  await server.listen();
  return {
    port: server.port ?? 0,
    address: `127.0.0.1:${server.port ?? 0}`,
    events,
    received: (count) => eventually(() => Promise.resolve(events.length >= count ? events : undefined)),
    close: () => server.close(),
  };
}

/** A server that does with each connection what it is told, and keeps what it got. */
export interface RawServer {
  readonly address: string;
  readonly sockets: readonly Socket[];
  readonly received: () => Buffer;
  close(): Promise<void>;
}

/** Starts a server on a free port of 127.0.0.1. */
export async function startRawServer(connected: (socket: Socket) => void): Promise<RawServer> {
  const sockets: Socket[] = [];
  const chunks: Buffer[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    connected(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    sockets,
    received: () => Buffer.concat(chunks),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
