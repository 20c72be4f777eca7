import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { Duplex, Readable } from 'node:stream';
import type { Downstream, RequestHead, ResponseHead } from './message.js';
import type { Headers } from './headers.js';
import { removeHopByHop } from './hop-by-hop.js';
import { type Http2Fields, toFields, toSafeFields } from './http2-fields.js';
import type { Incoming } from './incoming.js';
import { headersOf } from './raw-headers.js';

/** One stream of HTTP/2. */
export class Http2Incoming implements Incoming {
  readonly head: RequestHead;
  readonly body: Readable | undefined;
  readonly upgrade: string | undefined;
  onDrain: (() => void) | undefined;
  onGone: (() => void) | undefined;
  readonly #stream: ServerHttp2Stream;
  #trailers: Headers | undefined;
  #isDone = false;

  constructor(
    stream: ServerHttp2Stream,
    pseudo: IncomingHttpHeaders,
    rawHeaders: readonly string[],
    readonly downstream: Downstream,
  ) {
    const headers = headersOf(rawHeaders);
    this.#stream = stream;
    const host = headers.get('host');
    headers.remove('host');
    removeHopByHop(headers);
    joinCookies(headers);
    this.head = {
      method: pseudo[':method'] ?? 'GET',
      path: pseudo[':path'] ?? '/',
      authority: pseudo[':authority'] ?? host ?? '',
      scheme: downstream.tls === undefined ? 'http' : 'https',
      protocol: 'HTTP/2',
      headers,
    };
    this.upgrade = this.head.method === 'CONNECT' ? 'connect' : undefined;
    this.body = stream.endAfterHeaders || this.upgrade !== undefined ? undefined : stream;
    stream.on('drain', () => this.onDrain?.());
    stream.on('close', () => {
      if (!this.#isDone || stream.rstCode !== constants.NGHTTP2_NO_ERROR) this.onGone?.();
    });
  }

  respond(head: ResponseHead, hasBody: boolean): void {
    const stream = this.#stream;
    if (!isOpen(stream)) return;
    if (!hasBody) this.#isDone = true;
    if (hasBody) {
      stream.once('wantTrailers', () => {
        // Without any this is the end of the stream alone; a close would be a reset, which may overtake the body.
        sendTrailers(stream, this.#trailers);
        if (!stream.readableEnded) stopReading(stream);
      });
    } else if (this.head.method !== 'HEAD' && head.status !== 304) head.headers.remove('content-length');
    sendHead(stream, head, hasBody ? { waitForTrailers: true } : { endStream: true });
    if (!hasBody && this.body !== undefined) stopReading(stream);
  }

  write(chunk: Buffer): boolean {
    return this.#stream.destroyed || this.#stream.write(chunk);
  }

  end(trailers?: Headers): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#trailers = trailers;
    this.#stream.end();
  }

  reset(): void {
    this.#isDone = true;
    this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  }

  takeOver(head: ResponseHead): Duplex {
    this.#isDone = true;
    if (isOpen(this.#stream)) sendHead(this.#stream, head, {});
    return this.#stream;
  }
}

// Node writes the end of a stream a little later than it is told to, and the caller's window may be full.
const endMillis = 10;

/** Once the caller has its whole answer, it may stop sending (RFC 9113, 8.1). */
function stopReading(stream: ServerHttp2Stream): void {
  setTimeout(() => {
    if (stream.destroyed || stream.readableEnded) return;
    if (stream.state.localClose === 1) stream.close(constants.NGHTTP2_NO_ERROR);
    else stopReading(stream);
  }, endMillis);
}

/** One that its caller has reset may be there for a while, and takes no answer any more. */
function isOpen(stream: ServerHttp2Stream): boolean {
  return !stream.destroyed && !stream.closed;
}

function sendHead(stream: ServerHttp2Stream, { status, headers }: ResponseHead, options: object): void {
  // One beyond all classes is to be taken for an error of the server (RFC 9110, 15), and Node knows none.
  const sent = status >= 200 && status <= 599 ? status : 500;
  const withStatus = (fields: Http2Fields) => Object.assign(fields, { ':status': sent });
  try {
    stream.respond(withStatus(toFields(headers.raw)), options);
  } catch {
    stream.respond(withStatus(toSafeFields(headers.raw)), options);
  }
}

function sendTrailers(stream: ServerHttp2Stream, trailers: Headers | undefined): void {
  if (!isOpen(stream)) return;
  const raw = trailers?.raw ?? [];
  try {
    stream.sendTrailers(toFields(raw));
  } catch {
    stream.sendTrailers(toSafeFields(raw));
  }
}

/** Callers may send each cookie as a header of its own; all others expect one (RFC 9113, 8.2.3). */
function joinCookies(headers: Headers): void {
  if (!headers.has('cookie')) return;
  const { raw } = headers;
  const cookies: string[] = [];
  for (let index = 0; index < raw.length; index += 2) if (raw[index] === 'cookie') cookies.push(raw[index + 1]!);
  if (cookies.length > 1) headers.set('cookie', cookies.join('; '));
}
