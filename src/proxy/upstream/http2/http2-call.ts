import { type ClientHttp2Session, type ClientHttp2Stream, constants } from 'node:http2';
import type { Readable } from 'node:stream';
import { Headers } from '../../http/headers.js';
import { maxHeaderSize } from '../limits.js';
import { BodyReader } from '../body-reader.js';
import { PoolCall } from '../pool-call.js';
import type { UpstreamFailure } from '../types.js';
import { reasonOf } from '../upstream-error.js';
import { failureOfCode } from './failure.js';
import { readHeaders, sizeOf, writtenHeaders } from './head.js';

/** The connection, as its requests see it. */
export interface StreamConnection {
  /** What the whole connection failed of. */
  readonly failure: UpstreamFailure | undefined;
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

  /** Throws when the head cannot be written. */
  startOn(connection: StreamConnection, session: ClientHttp2Session): void {
    const { head, body } = this.request;
    const stream = session.request(writtenHeaders(head), { endStream: body === undefined });
    this.#stream = stream;
    stream.on('response', (headers, _flags, raw?: string[]) => this.#onHead(Number(headers[':status']), raw ?? []));
    stream.on('data', (chunk: Buffer) => {
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
    reader.on('error', () => stream.close(constants.NGHTTP2_CANCEL));
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
    this.handler.onHead({ status, headers: new Headers(readHeaders(raw)) });
  }

  #onEnd(stream: ClientHttp2Stream): void {
    // Streams that were reset end, too. A code comes with those that the upstream has not finished.
    if (!this.#hasHead || (stream.closed && stream.rstCode !== constants.NGHTTP2_NO_ERROR)) return;
    this.end(this.#trailers);
    // The answer is there; who has not read the request by now will not.
    if (!stream.writableEnded) stream.close(constants.NGHTTP2_NO_ERROR);
  }

  #onError(stream: ClientHttp2Stream, cause: Error, connection: StreamConnection): void {
    const { code } = cause as { code?: unknown };
    if (connection.refuses(stream.id)) this.fail({ kind: 'refused-stream', reason: 'GOAWAY' });
    else if (code === 'ERR_HTTP2_STREAM_ERROR') this.fail(failureOfCode(stream.rstCode));
    else if (code === 'ERR_HTTP2_ERROR') this.fail({ kind: 'protocol', reason: cause.message });
    else this.fail({ kind: 'reset', reason: reasonOf(cause) });
  }

  #onClose(stream: ClientHttp2Stream, connection: StreamConnection): void {
    if (this.ended) return;
    if (connection.refuses(stream.id)) this.fail({ kind: 'refused-stream', reason: 'GOAWAY' });
    else this.fail(connection.failure ?? failureOfCode(stream.rstCode));
  }
}
