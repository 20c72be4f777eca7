import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Headers } from '../../../src/proxy/http/headers.js';
import { createHttp1Server, type ServerLimits } from '../../../src/proxy/http/http1-server.js';
import type { Incoming } from '../../../src/proxy/http/incoming.js';
import { eventually } from '../../support/peer.js';

const usual: ServerLimits = {
  maxHeaderBytes: 4096,
  maxHeaders: 20,
  maxConcurrentStreams: 1,
  headerTimeoutMillis: 60_000,
  idleTimeoutMillis: 60_000,
};

const closers: (() => void)[] = [];
/** Requests as they came, and the paths of those whose callers are gone. */
export const incomings: Incoming[] = [];
export const gone: string[] = [];

/** Ends all connections and servers, and forgets all. */
export function clear(): void {
  for (const close of closers.splice(0)) close();
  incomings.length = gone.length = 0;
}

/** Waits for something to become true. */
export const until = (isSo: () => boolean): Promise<unknown> =>
  eventually(() => Promise.resolve(isSo() ? true : undefined));

export interface Served {
  readonly dial: () => Caller;
  readonly drain: () => void;
  readonly sockets: Socket[];
}

/** Serves requests on a real port; without a handler they wait in `incomings`. */
export async function serve(
  handle?: (incoming: Incoming) => void,
  limits: Partial<ServerLimits> = {},
): Promise<Served> {
  const http1 = createHttp1Server({ ...usual, ...limits }, (incoming) => {
    incomings.push(incoming);
    incoming.onGone = () => gone.push(incoming.head.path);
    handle?.(incoming);
  });
  const sockets: Socket[] = [];
  const address = { host: '127.0.0.1', port: 1 };
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    http1.accept(socket, { remote: address, local: address, destination: undefined, tls: undefined });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    dial: () => new Caller((server.address() as AddressInfo).port),
    drain: () => http1.drain(),
    sockets,
  };
}

/** One who calls, byte by byte. */
export class Caller {
  readonly socket: Socket;
  text = '';
  isClosed = false;
  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.socket.on('data', (chunk: Buffer) => (this.text += chunk.toString('latin1')));
    this.socket.on('error', () => undefined).on('close', () => (this.isClosed = true));
    closers.push(() => this.socket.destroy());
  }
  say(text: string): this {
    this.socket.write(text, 'latin1');
    return this;
  }
  async heard(pattern: RegExp): Promise<string> {
    await until(() => pattern.test(this.text));
    return this.text;
  }
  async closed(): Promise<string> {
    await until(() => this.isClosed);
    return this.text;
  }
  get statuses(): string[] {
    return [...this.text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status!);
  }
}

export const get = (path: string, ...lines: string[]): string =>
  [`GET ${path} HTTP/1.1`, 'host: a', ...lines, '', ''].join('\r\n');
export const post = (path: string, length: number, ...lines: string[]): string =>
  [`POST ${path} HTTP/1.1`, 'host: a', `content-length: ${length}`, ...lines, '', ''].join('\r\n');

export function answer(incoming: Incoming, body = incoming.head.path, status = 200): void {
  const headers = new Headers(['content-length', String(body.length)]);
  incoming.respond({ status, headers }, body !== '');
  if (body === '') return;
  incoming.write(Buffer.from(body));
  incoming.end();
}

export function readBody(incoming: Incoming): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    if (incoming.body === undefined) resolve('');
    incoming.body?.on('data', (chunk: Buffer) => (text += chunk.toString()));
    incoming.body?.once('end', () => resolve(text)).once('close', () => reject(new Error('cut')));
  });
}
