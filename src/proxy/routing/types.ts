import type { Downstream, LocalReply, RequestHead, ResponseHead } from '../http/message.js';

/** A table of virtual hosts, compiled once. */
export interface CompiledRouteTable {
  readonly name: string;
  /** The first route of the best virtual host that fits; undefined when there is none, which is 404 with flag `NR`. */
  find(request: RequestHead, downstream: Downstream): CompiledRoute | undefined;
}

/** What is done with requests that a route takes. All parsing and resolving is behind it. */
export interface CompiledRoute {
  readonly name: string;
  readonly virtualHost: string;
  /** The answer of routes that need no upstream: redirects, direct responses, a virtual host that demands TLS. */
  readonly reply: ((request: RequestHead) => LocalReply) | undefined;
  readonly forward: CompiledForward | undefined;
  readonly fault: CompiledFault | undefined;
  readonly cors: CompiledCors | undefined;
  readonly mixerService: string;
  readonly operation: string;
  /** Without the operations of the cluster, which come after. */
  changeRequest(request: RequestHead): void;
  changeResponse(response: ResponseHead): void;
}

export interface RouteCluster {
  readonly name: string;
  /** Of the cluster, or else of the route. */
  readonly mixerService: string;
  changeRequest(request: RequestHead): void;
  changeResponse(response: ResponseHead): void;
}

export interface CompiledForward {
  /** `random` gives numbers from 0 to below 1. */
  pick(random: () => number): RouteCluster;
  /** Rewrites path and authority; keeps the former path in `x-envoy-original-path`. */
  rewrite(request: RequestHead): void;
  /** 0 for none. */
  readonly timeoutMillis: number;
  /** What the upstream is told of the time that it has; undefined for none. */
  readonly expectedMillis: string | undefined;
  readonly retry: CompiledRetry | undefined;
  readonly mirror: { readonly cluster: string; readonly perMillion: number } | undefined;
  /** What the request is hashed by; may ask for a cookie to be set. Undefined when nothing of it is there. */
  readonly hash: ((request: RequestHead, downstream: Downstream) => RequestHash | undefined) | undefined;
  readonly websocket: boolean;
}

export interface RequestHash {
  readonly hash: bigint;
  /** Value of a `set-cookie` header for the response. */
  readonly setCookie?: string;
}

/** What an attempt came to. */
export type Attempt =
  | { readonly kind: 'response'; readonly status: number; readonly grpcStatus: number | undefined }
  | { readonly kind: 'connect-failure' | 'reset' | 'remote-reset' | 'refused-stream' | 'protocol' | 'timeout' };

export interface CompiledRetry {
  /** Besides the first. */
  readonly retries: number;
  readonly perTryTimeoutMillis: number;
  readonly hostSelectionAttempts: number;
  wants(attempt: Attempt): boolean;
  /** How long before the attempt of that number, from 1 on: exponential, full jitter. */
  waitMillis(number: number, random: () => number): number;
}

export interface CompiledFault {
  /** Rolled for each request, independently. */
  delayMillis(random: () => number): number | undefined;
  abort(random: () => number): LocalReply | undefined;
}

export interface CompiledCors {
  /** The whole answer to a preflight request. */
  preflight(request: RequestHead): LocalReply | undefined;
  changeResponse(request: RequestHead, response: ResponseHead): void;
}
