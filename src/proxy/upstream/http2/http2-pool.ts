import type { Socket } from 'node:net';
import { ConnectionPool } from '../connection-pool.js';
import type { UpstreamCall, UpstreamHandler, UpstreamRequest } from '../types.js';
import { Http2Call } from './http2-call.js';
import { assumedStreams, Http2Connection } from './http2-connection.js';

/** HTTP/2 connections. There is one, until the upstream wants no more streams on it. */
export class Http2Pool extends ConnectionPool<Http2Call> {
  /** How many streams the upstream takes on one, as far as it has said. */
  streamLimit = assumedStreams;
  #open: readonly Http2Connection[] = [];

  protected get callsPerConnection(): number {
    return this.streamLimit;
  }

  send(request: UpstreamRequest, handler: UpstreamHandler): UpstreamCall {
    const call = new Http2Call(this, request, handler);
    this.enter(call);
    return call;
  }

  override gone(connection: Http2Connection): void {
    this.#open = this.#open.filter((other) => other !== connection);
    super.gone(connection);
  }

  protected take(): Http2Connection | undefined {
    for (const connection of this.#open) if (connection.hasRoom) return connection;
    return undefined;
  }

  protected adopt(socket: Socket): Http2Connection {
    this.host.stats.upstream_cx_http2_total++;
    const connection = new Http2Connection(this, socket);
    this.#open = [...this.#open, connection];
    return connection;
  }
}
