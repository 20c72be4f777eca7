import type { Dispatcher } from 'undici';
import { Headers } from '../../http/headers.js';
import { PoolCall } from '../pool-call.js';
import { failureOf } from './failure.js';
import { readHeaders } from './head.js';

/** The connection, as its request sees it. */
export interface CallConnection {
  /** The request is over, and the connection free for another one, if it lasts. */
  release(): void;
  /** The connection was closed before anything of the request was written. */
  lost(call: Http1Call): void;
}

// An upstream that closes all connections at once would be called for ever.
const mostLosses = 3;

/** What a client of undici's is told when it asks for a second socket. */
export class StaleConnection extends Error {}

/**
 * A request as undici sees it. These methods are the ones that undici calls without a wrapper, an object of headers and a
 * controller for each request; see docs/decisions/0011-proxy-upstream.md.
 */
export class Http1Call extends PoolCall implements Dispatcher.DispatchHandler {
  #connection: CallConnection | undefined;
  #abort: ((cause?: Error) => void) | undefined;
  #resume: (() => void) | undefined;
  #losses = 0;

  startOn(connection: CallConnection): void {
    this.#connection = connection;
  }

  onConnect(abort: (cause?: Error) => void): void {
    // Thrown, the request is dropped and the connection stays.
    if (this.ended) throw new Error('cancelled');
    this.#abort = abort;
  }

  onHeaders(status: number, raw: Buffer[], resume: () => void): boolean {
    if (status < 200) return true;
    this.#resume = resume;
    this.countHead(status);
    this.handler.onHead({ status, headers: new Headers(readHeaders(raw)) });
    return true;
  }

  onData(chunk: Buffer): boolean {
    return this.ended || this.handler.onData(chunk);
  }

  onComplete(trailers: string[] | null): void {
    this.#connection?.release();
    // Buffers, whatever undici's types say.
    const raw = trailers as unknown as Buffer[] | null;
    this.end(raw === null || raw.length === 0 ? undefined : new Headers(readHeaders(raw)));
  }

  onError(cause: Error): void {
    const connection = this.#connection;
    const isUnsent = this.#abort === undefined;
    if (isUnsent && cause instanceof StaleConnection && ++this.#losses <= mostLosses) {
      connection?.lost(this);
      return;
    }
    if (isUnsent && !(cause instanceof StaleConnection)) connection?.release();
    this.fail(failureOf(cause));
  }

  resume(): void {
    // The parser is the connection's: later it serves others.
    if (!this.ended) this.#resume?.();
  }

  protected abort(): void {
    this.#abort?.();
  }
}
