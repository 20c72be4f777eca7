import type { Socket } from 'node:net';
import { ConnectionPool } from '../connection-pool.js';
import type { UpstreamCall, UpstreamHandler, UpstreamRequest } from '../types.js';
import { Http1Call } from './http1-call.js';
import { Http1Connection } from './http1-connection.js';

/** HTTP/1.1 connections, each with one request at a time. Those used last are used first, so that the others can go. */
export class Http1Pool extends ConnectionPool<Http1Call> {
  protected readonly callsPerConnection = 1;
  readonly #idle: Http1Connection[] = [];

  send(request: UpstreamRequest, handler: UpstreamHandler): UpstreamCall {
    const call = new Http1Call(this, request, handler);
    this.enter(call);
    return call;
  }

  free(connection: Http1Connection): void {
    this.#idle.push(connection);
    // Later: whether the connection lasts shows when the parser comes back from the end of the message.
    if (this.hasWaiting) queueMicrotask(() => this.serve());
  }

  override gone(connection: Http1Connection): void {
    const index = this.#idle.indexOf(connection);
    if (index !== -1) this.#idle.splice(index, 1);
    super.gone(connection);
  }

  protected take(): Http1Connection | undefined {
    for (;;) {
      const connection = this.#idle.pop();
      if (connection === undefined || connection.isOpen) return connection;
    }
  }

  protected adopt(socket: Socket): Http1Connection {
    this.host.stats.upstream_cx_http1_total++;
    const connection = new Http1Connection(this, socket);
    this.#idle.push(connection);
    return connection;
  }
}
