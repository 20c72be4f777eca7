import type { Socket } from 'node:net';
import type { Limits } from '../../gen/fairlead/proxy/v1/listener.js';
import { millisOf } from '../millis.js';
import { createHttp1Server, type ServerLimits } from './http1-server.js';
import { createHttp2Server } from './http2-server.js';
import type { Incoming } from './incoming.js';
import type { Downstream } from './message.js';

/** Serves the HTTP connections of one filter chain, in every version. */
export interface HttpChain {
  accept(socket: Socket, downstream: Downstream, protocol: 'http1' | 'http2'): void;
  drain(): void;
}

export function createHttpChain(limits: ServerLimits, handle: (incoming: Incoming) => void): HttpChain {
  const http1 = createHttp1Server(limits, handle);
  const http2 = createHttp2Server(limits, handle);
  return {
    accept: (socket, downstream, protocol) => (protocol === 'http2' ? http2 : http1).accept(socket, downstream),
    drain: () => {
      http1.drain();
      http2.drain();
    },
  };
}

const minute = 60_000;

/** The limits of a listener with the defaults in place (listener.proto). */
export function resolveLimits(limits: Limits | undefined, idleTimeoutMillis: number): ServerLimits {
  return {
    maxHeaderBytes: limits?.maxHeaderBytes || 60 * 1024,
    maxHeaders: limits?.maxHeaders || 100,
    maxConcurrentStreams: limits?.maxConcurrentStreams || 100,
    headerTimeoutMillis: millisOf(limits?.headerTimeout) || minute,
    idleTimeoutMillis: idleTimeoutMillis || 60 * minute,
  };
}
