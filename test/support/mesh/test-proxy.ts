import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, type IncomingHttpHeaders, type IncomingMessage, request, type RequestOptions } from 'node:http';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import type { Proxy } from '../../../src/proxy/index.js';
import type { Seen } from './stand-in.js';

/** What a caller of the proxy gets. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The service that answered; empty when it was the proxy itself. */
  readonly by: string;
  /** The caller's port: the same for the same connection. */
  readonly callerPort: number | undefined;
}

/** The name of the listener for HTTP clients that know of the proxy. */
export const httpProxy = '127.0.0.1_15002';

/** A running proxy, and its callers. */
export class TestProxy {
  readonly #agent = new Agent({ keepAlive: true });

  constructor(
    readonly proxy: Proxy,
    /** Writes other configuration, and waits until the proxy has taken it up. */
    readonly change: (yaml: string) => Promise<void>,
  ) {}

  port(listener: string): number {
    const addresses = this.proxy.addresses();
    const address = addresses.get(listener);
    assert(address !== undefined, `${listener} is among ${[...addresses.keys()].join()}`);
    return address.port;
  }

  /** Asks for a URL, as a client of the HTTP proxy. */
  get(url: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): Promise<Answer> {
    return this.ask({
      port: this.port(httpProxy),
      path: url,
      headers: { host: new URL(url).host, ...headers },
      method,
    });
  }

  /** Asks a listener for a path of a host. */
  at(listener: string, host: string, path = '/'): Promise<Answer> {
    return this.ask({ path, port: this.port(listener), headers: { host } });
  }

  async ask(options: RequestOptions): Promise<Answer> {
    const asked = request({ host: '127.0.0.1', agent: this.#agent, ...options }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    const callerPort = response.socket.localPort;
    let body = '';
    for await (const chunk of response) body += String(chunk);
    const by = response.headers['x-by'] ?? '';
    return { status: response.statusCode ?? 0, headers: response.headers, body, by: String(by), callerPort };
  }

  /** A connection for bytes through the HTTP proxy. */
  async tunnel(to: string): Promise<Socket> {
    const asked = request({ host: '127.0.0.1', port: this.port(httpProxy), method: 'CONNECT', path: to }).end();
    const [{ statusCode }, socket, head] = (await once(asked, 'connect')) as [IncomingMessage, Socket, Buffer];
    assert.equal(statusCode, 200);
    if (head.length > 0) socket.unshift(head);
    return socket;
  }

  /** Connects to a listener. */
  async dial(listener: string): Promise<Socket> {
    const socket = connect(this.port(listener), '127.0.0.1');
    await once(socket, 'connect');
    return socket;
  }

  /** Connects to a listener by TLS; rejects when the other side does not want to. */
  async dialTls(listener: string, options: ConnectionOptions): Promise<TLSSocket> {
    const socket = connectTls({ host: '127.0.0.1', port: this.port(listener), ...options });
    await once(socket, 'secureConnect');
    return socket;
  }

  async close(): Promise<void> {
    this.#agent.destroy();
    await this.proxy.close();
  }
}

/** What a service says that it was asked. */
export function seenOf({ body }: Answer): Seen {
  return JSON.parse(body) as Seen;
}

/** Sends text to a service that gives it back, and reads its name and the text; ends the connection then. */
export async function echo(socket: Socket, text: string, name: string): Promise<string> {
  socket.write(text);
  let got = '';
  for await (const chunk of socket) {
    got += String(chunk);
    if (got.length >= name.length + 1 + text.length) break;
  }
  socket.destroy();
  return got;
}

/** GET over a connection that is already there. */
export async function getOver(socket: Socket, host: string, path = '/'): Promise<string> {
  socket.write(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text;
}
