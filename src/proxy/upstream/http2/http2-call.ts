import { type ClientHttp2Session, type ClientHttp2Stream, constants } from 'node:http2';
import type { Readable } from 'node:stream';
import { Headers } from '../../http/headers.js';
import { maxHeaderSize } from '../limits.js';
import { BodyReader } from '../body-reader.js';
import { PoolCall } from '../pool-call.js';
import type { UpstreamFailure, UpstreamRequest } from '../types.js';
import { reasonOf } from '../upstream-error.js';
import { failureOfCode } from './failure.js';
import { readHeaders, safeHeaders, sizeOf, writtenHeaders } from './head.js';

/** The connection, as its requests see it. */
export interface StreamConnection {
  /** What the whole connection failed of. */
  readonly failure: UpstreamFailure | undefined;
  /** Whether it is gone. */
  readonly isBroken: boolean;
  /** True for a stream that a GOAWAY says was never looked at, or that never got as far as a number. */
  refuses(stream: number | undefined): boolean;
  /** The stream is closed. */
  release(): void;
}

/** A request on a stream of its own. */
export class Http2Call extends PoolCall {
  #stream: ClientHttp2Stream | undefined;
  #trailers: Headers | undefined;
  #hasHead = false;
  /** What the answer says of its length. */
  #length: string | undefined;
  #received = 0;

  /** Throws when the head cannot be written. */
  startOn(connection: StreamConnection, session: ClientHttp2Session): void {
    const { head, body } = this.request;
    const stream = open(session, head, { endStream: body === undefined });
    this.#stream = stream;
    stream.on('response', (headers, _flags, raw?: string[]) => this.#onHead(Number(headers[':status']), raw ?? []));
    stream.on('data', (chunk: Buffer) => {
      this.#received += chunk.length;
      if (!this.ended && !this.handler.onData(chunk)) stream.pause();
    });
    stream.on('trailers', (_headers, _flags, raw?: string[]) => {
      this.#trailers = new Headers(readHeaders(raw ?? []));
    });
    stream.on('end', () => this.#onEnd(stream));
    stream.on('error', (cause: Error) => this.#onError(stream, cause, connection));
    stream.on('close', () => {
      this.#onClose(stream, connection);
      connection.release();
    });
    if (body !== undefined) this.#write(stream, body);
  }

  resume(): void {
    this.#stream?.resume();
  }

  protected abort(): void {
    this.#stream?.close(constants.NGHTTP2_CANCEL);
  }

  #write(stream: ClientHttp2Stream, body: Readable | Buffer): void {
    if (Buffer.isBuffer(body)) {
      stream.end(body);
      return;
    }
    const reader = new BodyReader(body);
    // Not a request that is complete, so not an end but a reset.
    reader.on('error', ({ message }) => {
      this.fail({ kind: 'reset', reason: message });
      stream.close(constants.NGHTTP2_CANCEL);
    });
    stream.on('close', () => reader.destroy());
    reader.pipe(stream);
  }

  #onHead(status: number, raw: readonly string[]): void {
    if (this.ended) return;
    // Node only asks for so little, and takes what comes.
    if (sizeOf(raw) > maxHeaderSize) {
      this.fail({ kind: 'protocol', reason: 'header too large' });
      this.abort();
      return;
    }
    this.#hasHead = true;
    this.countHead(status);
    const headers = new Headers(readHeaders(raw));
    if (this.request.head.method !== 'HEAD' && status !== 304) this.#length = headers.get('content-length');
    this.handler.onHead({ status, headers });
  }

  #onEnd(stream: ClientHttp2Stream): void {
    // Streams that were reset end, too. A code comes with those that the upstream has not finished.
    if (!this.#hasHead || (stream.closed && stream.rstCode !== constants.NGHTTP2_NO_ERROR)) return;
    // Node takes a reset without an error for an end.
    if (this.#length !== undefined && Number(this.#length) !== this.#received) {
      this.fail({ kind: 'reset', reason: 'the answer was cut short' });
      return;
    }
    this.end(this.#trailers);
    // The answer is there; who has not read the request by now will not.
    if (!stream.writableEnded) stream.close(constants.NGHTTP2_NO_ERROR);
  }

  #onError(stream: ClientHttp2Stream, cause: Error, connection: StreamConnection): void {
    const { code } = cause as { code?: unknown };
    if (connection.refuses(stream.id)) this.fail({ kind: 'refused-stream', reason: 'GOAWAY' });
    else if (code === 'ERR_HTTP2_STREAM_ERROR') this.fail(failureOf(stream, connection));
    else if (code === 'ERR_HTTP2_ERROR') this.fail({ kind: 'protocol', reason: cause.message });
    else this.fail({ kind: 'reset', reason: reasonOf(cause) });
  }

  #onClose(stream: ClientHttp2Stream, connection: StreamConnection): void {
    if (this.ended) return;
    if (connection.refuses(stream.id)) this.fail({ kind: 'refused-stream', reason: 'GOAWAY' });
    else this.fail(failureOf(stream, connection));
  }
}

/** Node closes the streams of a broken connection with a code, too. */
function failureOf({ rstCode }: ClientHttp2Stream, { failure, isBroken }: StreamConnection): UpstreamFailure {
  if (failure !== undefined) return failure;
  const ofStream = failureOfCode(rstCode);
  return isBroken && ofStream.kind === 'remote-reset' ? { ...ofStream, kind: 'reset' } : ofStream;
}

function open(session: ClientHttp2Session, head: UpstreamRequest['head'], options: object): ClientHttp2Stream {
  try {
    return session.request(writtenHeaders(head), options);
  } catch (cause) {
    // The session's own end is not for us to mend.
    if (session.destroyed || session.closed) throw cause;
    return session.request(safeHeaders(head), options);
  }
}
