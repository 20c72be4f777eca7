import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import type { Downstream, RequestHead, ResponseHead } from './message.js';
import type { Headers } from './headers.js';
import { removeHopByHop } from './hop-by-hop.js';
import type { Incoming } from './incoming.js';
import { headersOf } from './raw-headers.js';

// Envoy's delayed_close_timeout.
const lingerMillis = 1000;

/** One request of HTTP/1 as node's server gives it. */
export class Http1Incoming implements Incoming {
  readonly head: RequestHead;
  readonly body: Readable | undefined;
  readonly upgrade: string | undefined;
  onDrain: (() => void) | undefined;
  onGone: (() => void) | undefined;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #early: Buffer | undefined;
  #isFull = false;

  /** `early` is what came after the head of a request that wants another protocol. */
  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    readonly downstream: Downstream,
    early?: Buffer,
  ) {
    const headers = headersOf(request.rawHeaders);
    this.#request = request;
    this.#response = response;
    this.#early = early;
    this.upgrade = request.method === 'CONNECT' ? 'connect' : early && request.headers.upgrade?.toLowerCase();
    // An upgrade has no body: what follows is of the other protocol.
    const hasBody = headers.has('transfer-encoding') || (headers.get('content-length') ?? '0') !== '0';
    this.body = hasBody && early === undefined ? request : undefined;
    this.head = readHead(request, headers, downstream);
    removeHopByHop(headers);
    response.on('close', () => {
      if (!response.writableFinished) this.onGone?.();
    });
  }

  respond(head: ResponseHead, hasBody: boolean): void {
    const response = this.#response;
    const { headers } = head;
    if (hasBody) {
      response.writeHead(head.status, headers.raw);
      return;
    }
    const mayHaveLength = head.status >= 200 && head.status !== 204 && head.status !== 304;
    if (mayHaveLength && this.head.method !== 'HEAD' && !headers.has('content-length'))
      headers.add('content-length', '0');
    response.writeHead(head.status, headers.raw);
    response.end();
    this.#lingerForBody();
  }

  write(chunk: Buffer): boolean {
    const response = this.#response;
    if (response.write(chunk)) return true;
    if (!this.#isFull) {
      this.#isFull = true;
      response.once('drain', () => {
        this.#isFull = false;
        this.onDrain?.();
      });
    }
    return false;
  }

  end(trailers?: Headers): void {
    const response = this.#response;
    if (response.writableEnded) return;
    if (trailers !== undefined && !response.hasHeader('content-length')) response.addTrailers([...trailers]);
    response.end();
    this.#lingerForBody();
  }

  /** Who goes on sending after the answer may end soon, and be heard again; then the connection closes. */
  #lingerForBody(): void {
    const request = this.#request;
    if (this.body === undefined || request.complete || request.destroyed) return;
    const timer = setTimeout(() => request.socket.destroy(), lingerMillis);
    const stop = (): void => clearTimeout(timer);
    request.once('end', stop).once('close', stop);
  }

  reset(): void {
    this.#response.socket?.destroy();
  }

  takeOver(head: ResponseHead): Duplex {
    const response = this.#response;
    const socket = response.socket!;
    const lines = [...head.headers].map(([name, value]) => `${name}: ${value}\r\n`);
    response.detachSocket(socket);
    socket.write(
      `HTTP/1.1 ${head.status} ${head.status === 101 ? 'Switching Protocols' : 'OK'}\r\n${lines.join('')}\r\n`,
    );
    if (this.#early !== undefined && this.#early.length > 0) socket.unshift(this.#early);
    return socket;
  }
}

/** Takes the authority out of `host`, or of a URL as callers of a proxy send it. */
function readHead(request: IncomingMessage, headers: Headers, { tls }: Downstream): RequestHead {
  const { method = 'GET', url = '/' } = request;
  const authority = headers.get('host') ?? '';
  headers.remove('host');
  const head: RequestHead = {
    method,
    path: url,
    authority,
    scheme: tls === undefined ? 'http' : 'https',
    protocol: request.httpVersion === '1.0' ? 'HTTP/1.0' : 'HTTP/1.1',
    headers,
  };
  if (method === 'CONNECT') Object.assign(head, { path: '/', authority: url });
  else if (!url.startsWith('/')) Object.assign(head, splitUrl(url));
  return head;
}

function splitUrl(url: string): Partial<RequestHead> {
  const parts = /^(https?):\/\/([^/?#]*)([^#]*)/i.exec(url);
  if (parts === null) return {};
  const [, scheme = '', authority = '', path = ''] = parts;
  return {
    scheme: scheme.toLowerCase() === 'https' ? 'https' : 'http',
    authority,
    path: path.startsWith('/') ? path : `/${path}`,
  };
}
