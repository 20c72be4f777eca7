import { once } from 'node:events';
import {
  createServer as createHttp,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, createServer as createTcp, type Server, type Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';

/** A request as a service got it. */
export interface Seen {
  /** The service. */
  readonly by: string;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** A service of a test: says who it is, and what it was asked. */
export interface StandIn {
  readonly name: string;
  readonly port: number;
  readonly seen: readonly Seen[];
  /** Answers a request in place of the usual answer, when it returns true. */
  answer: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  close(): Promise<void>;
}

/** Starts a service that speaks HTTP, or HTTPS with certificates. */
export async function startStandIn(name: string, tls?: TlsOptions): Promise<StandIn> {
  const seen: Seen[] = [];
  const standIn = { name, seen, answer: undefined as StandIn['answer'] };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const { method = '', url: path = '', headers } = request;
    const one = { by: name, method, host: headers.host ?? '', path, headers };
    seen.push(one);
    request.resume();
    if (standIn.answer?.(request, response) === true) return;
    response.setHeader('x-by', name);
    response.end(JSON.stringify(one));
  };
  const server = tls === undefined ? createHttp(listener) : createHttps(tls, listener);
  return Object.assign(standIn, await listen(server));
}

/** Starts a service that only knows bytes: it says its name, and gives back what it is sent. */
export async function startTcpStandIn(name: string): Promise<StandIn> {
  const server = createTcp((socket) => {
    socket.on('error', () => undefined);
    socket.write(`${name}:`);
    socket.pipe(socket);
  });
  return { name, seen: [], answer: undefined, ...(await listen(server)) };
}

/** Starts a service that answers requests without a body by its name, with as little work as can be. */
export async function startFastStandIn(name: string): Promise<StandIn> {
  const answer = `HTTP/1.1 200 OK\r\nx-by: ${name}\r\ncontent-length: 2\r\n\r\n{}`;
  const server = createTcp((socket) => {
    let got = '';
    socket.on('error', () => undefined);
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      const parts = (got + chunk).split('\r\n\r\n');
      got = parts.pop() ?? '';
      if (parts.length > 0) socket.write(answer.repeat(parts.length));
    });
  });
  return { name, seen: [], answer: undefined, ...(await listen(server)) };
}

async function listen(server: Server): Promise<{ port: number; close: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return { port, close };
}
