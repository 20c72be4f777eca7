import type { Socket } from 'node:net';
import { Http1Connection } from './http1-connection.js';
import type { Incoming } from './incoming.js';
import type { Downstream } from './message.js';

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

// A caller may be just about to use a connection that looks idle: it is told by an answer, or has this long.
const idleGraceMillis = 1000;
const longestBetweenLooks = 5000;
const shortestBetweenLooks = 10;

/** HTTP/1 by our own hand; see docs/decisions/0013-http1.md. */
export function createHttp1Server(limits: ServerLimits, handle: (incoming: Incoming) => void): ConnectionServer {
  const connections = new Set<Http1Connection>();
  let isDraining = false;
  let watch: NodeJS.Timeout | undefined;
  const owner = {
    ...limits,
    handle,
    get isDraining() {
      return isDraining;
    },
    /** Answers that were under way when it began, and have not said that they are the last, end later. */
    get idleTimeoutMillis() {
      return isDraining ? Math.min(idleGraceMillis, limits.idleTimeoutMillis) : limits.idleTimeoutMillis;
    },
    closed(connection: Http1Connection) {
      connections.delete(connection);
      if (connections.size > 0) return;
      clearInterval(watch);
      watch = undefined;
    },
  };
  const shortest = Math.min(limits.headerTimeoutMillis, limits.idleTimeoutMillis) / 4;
  const betweenLooks = Math.max(shortestBetweenLooks, Math.min(shortest, longestBetweenLooks));
  /** One look at all, now and then: a timer a connection would be set anew with each request. */
  const look = (): void => {
    const now = performance.now();
    for (const connection of connections) connection.checkTime(now);
  };
  return {
    accept: (socket, downstream) => {
      connections.add(new Http1Connection(socket, downstream, owner));
      watch ??= setInterval(look, betweenLooks).unref();
    },
    drain: () => {
      isDraining = true;
      const timer = setTimeout(() => {
        for (const connection of connections) connection.closeIfIdle();
      }, idleGraceMillis);
      // Those that answer the request under way after that close by themselves.
      timer.unref();
    },
  };
}
