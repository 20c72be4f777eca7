import type { ProxyEnv } from '../env.js';
import type { Exchange } from './exchange.js';
import type { Downstream, RequestHead } from './message.js';

/** A request of which nothing is known yet but its head. */
export function createExchange(request: RequestHead, downstream: Downstream, env: ProxyEnv): Exchange {
  return {
    downstream,
    request,
    route: undefined,
    target: undefined,
    endpoint: undefined,
    response: undefined,
    trailers: undefined,
    flags: new Set(),
    details: '',
    startedAt: env.now(),
    started: env.monotonic(),
    responseStarted: undefined,
    upstreamMillis: undefined,
    ended: undefined,
    attempts: 0,
    received: 0,
    sent: 0,
    upstreamFailure: undefined,
    state: new Map(),
  };
}
