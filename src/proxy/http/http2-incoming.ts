import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { Duplex, Readable } from 'node:stream';
import type { Downstream, RequestHead, ResponseHead } from './message.js';
import type { Headers } from './headers.js';
import { removeHopByHop } from './hop-by-hop.js';
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
    if (stream.destroyed) return;
    if (!hasBody) this.#isDone = true;
    const headers = toObject(head);
    if (hasBody) {
      stream.once('wantTrailers', () => {
        // Without any this is the end of the stream alone; a close would be a reset, which may overtake the body.
        stream.sendTrailers(this.#trailers === undefined ? {} : toRecord(this.#trailers));
        if (!stream.readableEnded) stopReading(stream);
      });
    }
    stream.respond(headers, hasBody ? { waitForTrailers: true } : { endStream: true });
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
    this.#stream.respond(toObject(head));
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

function toObject({ status, headers }: ResponseHead): Record<string, string | number | string[]> {
  return Object.assign(toRecord(headers), { ':status': status });
}

/** Names are the caller's or the upstream's: they must not reach a prototype. */
function toRecord(headers: Headers): Record<string, string | string[]> {
  const record = Object.create(null) as Record<string, string | string[]>;
  for (const [name, value] of headers) {
    const former = record[name];
    record[name] = former === undefined ? value : Array.isArray(former) ? [...former, value] : [former, value];
  }
  return record;
}
