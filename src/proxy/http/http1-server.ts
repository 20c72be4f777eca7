import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Downstream } from './message.js';
import { Http1Incoming } from './http1-incoming.js';
import type { Incoming } from './incoming.js';

export interface ServerLimits {
  readonly maxHeaderBytes: number;
  readonly maxHeaders: number;
  readonly maxConcurrentStreams: number;
  readonly headerTimeoutMillis: number;
  /** Of a connection without a request. */
  readonly idleTimeoutMillis: number;
}

/** Serves connections that somebody else has accepted. */
export interface ConnectionServer {
  accept(socket: Socket, downstream: Downstream): void;
  /** Requests under way end; then their connections close, and those that are idle close now. */
  drain(): void;
}

const refusals: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/**
 * HTTP/1 over node's parser, which is strict: both lengths, lengths that differ, bare line feeds, folded headers and
 * blanks before a colon are refused there (mesh.md 8); what it lets pass is refused here.
 */
export function createHttp1Server(limits: ServerLimits, handle: (incoming: Incoming) => void): ConnectionServer {
  const facts = new WeakMap<Duplex, Downstream>();
  const server = createServer({
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headerTimeoutMillis,
    requestTimeout: 0,
    keepAliveTimeout: limits.idleTimeoutMillis,
    connectionsCheckingInterval: Math.min(limits.headerTimeoutMillis, 5000),
    requireHostHeader: true,
    noDelay: true,
  });
  // Node would forget what is beyond; here it is counted and refused.
  server.maxHeadersCount = 0;
  const life = new ServerLife(server);
  const take = (request: IncomingMessage, response: ServerResponse, early?: Buffer): void => {
    const downstream = facts.get(request.socket);
    const problem = findProblem(request, limits);
    if (downstream === undefined || problem !== undefined) {
      refuse(request.socket, problem ?? '400 Bad Request');
      return;
    }
    if (life.isDraining) response.shouldKeepAlive = false;
    handle(new Http1Incoming(request, response, downstream, early));
  };
  const takeRaw = (request: IncomingMessage, duplex: Duplex, early: Buffer): void => {
    // Node says duplex; connections are sockets, of TLS or without.
    if (!(duplex instanceof Socket)) return;
    const response = new ServerResponse(request);
    // After such a request nobody reads on in HTTP.
    response.shouldKeepAlive = false;
    try {
      response.assignSocket(duplex);
    } catch {
      // An answer to a request before this one is still under way.
      duplex.destroy();
      return;
    }
    response.once('finish', () => duplex.destroySoon());
    // Node has given up the connection, and its drains with it.
    duplex.on('drain', () => response.emit('drain'));
    const { upgrade } = request.headers;
    if (upgrade !== undefined && request.method !== 'CONNECT' && hasBody(request)) refuse(duplex, '400 Bad Request');
    // Who only offers HTTP/2 is answered in HTTP/1: passed on, it would go around all that is checked here.
    else take(request, response, upgrade?.toLowerCase() === 'h2c' ? undefined : early);
  };
  server.on('request', take);
  server.on('upgrade', takeRaw);
  server.on('connect', takeRaw);
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    response.writeContinue();
    take(request, response);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    refuse(socket, refusals[error.code ?? ''] ?? '400 Bad Request');
  });
  // Nobody listens by this server, but its watch over slow heads begins with that.
  server.emit('listening');
  return {
    accept: (socket, downstream) => {
      facts.set(socket, downstream);
      life.watch(socket);
      server.emit('connection', socket);
    },
    drain: () => life.drain(),
  };
}

const idleGraceMillis = 1000;

/** The end of a server by whom nobody listens: after its last connection, so that nothing of it is left. */
class ServerLife {
  readonly #server: Server;
  #open = 0;
  #idle: NodeJS.Timeout | undefined;
  isDraining = false;

  constructor(server: Server) {
    this.#server = server;
  }

  watch(socket: Socket): void {
    this.#open += 1;
    socket.once('close', () => {
      this.#open -= 1;
      if (this.isDraining && this.#open === 0) this.#end();
    });
  }

  drain(): void {
    this.isDraining = true;
    if (this.#open === 0) this.#end();
    // A caller may be just about to use a connection that looks idle: it is told by an answer, or has this long.
    else this.#idle = setInterval(() => this.#server.closeIdleConnections(), idleGraceMillis);
  }

  #end(): void {
    clearInterval(this.#idle);
    this.#server.close(() => undefined);
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

/** What node's parser lets pass. */
function findProblem(request: IncomingMessage, { maxHeaders }: ServerLimits): string | undefined {
  const { rawHeaders, httpVersion, url = '/' } = request;
  if (rawHeaders.length / 2 > maxHeaders) return '431 Request Header Fields Too Large';
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return '426 Upgrade Required';
  const isBad = url.includes('#') || count(rawHeaders, 'host') > 1 || !isEncodingPlain(rawHeaders, httpVersion);
  return isBad ? '400 Bad Request' : undefined;
}

/** Node shows requests with an encoding that it does not know, before it refuses them. */
function isEncodingPlain(rawHeaders: readonly string[], httpVersion: string): boolean {
  const number = count(rawHeaders, 'transfer-encoding');
  if (number === 0) return true;
  const index = rawHeaders.findIndex((text, at) => at % 2 === 0 && text.toLowerCase() === 'transfer-encoding');
  return number === 1 && httpVersion === '1.1' && rawHeaders[index + 1]!.toLowerCase() === 'chunked';
}

function count(rawHeaders: readonly string[], wanted: string): number {
  let number = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    if (name.length === wanted.length && name.toLowerCase() === wanted) number += 1;
  }
  return number;
}

function refuse(socket: Duplex, status: string): void {
  if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
  socket.once('finish', () => socket.destroy());
  if (!socket.writable) socket.destroy();
}
