import { Headers } from '../../http/headers.js';
import type { ParsedResponse } from '../../http1/response-head.js';
import { PoolCall } from '../pool-call.js';

/** The connection, as its request sees it. */
export interface CallConnection {
  /** The request is not wanted any more. */
  abandon(): void;
  /** More of the answer is wanted. */
  resume(call: Http1Call): void;
}

/** A request on a connection of HTTP/1.1. */
export class Http1Call extends PoolCall {
  #connection: CallConnection | undefined;

  startOn(connection: CallConnection): void {
    this.#connection = connection;
  }

  onHead({ status, fields }: ParsedResponse): void {
    this.countHead(status);
    this.handler.onHead({ status, headers: new Headers(fields.raw) });
  }

  /** False when the caller is slower. */
  onData(chunk: Buffer): boolean {
    return this.ended || this.handler.onData(chunk);
  }

  onEnd(trailers: string[] | undefined): void {
    this.end(trailers && new Headers(trailers));
  }

  resume(): void {
    this.#connection?.resume(this);
  }

  protected abort(): void {
    this.#connection?.abandon();
  }
}
