import type { Duplex, Readable } from 'node:stream';
import type { Address, RequestHead, ResponseHead } from '../http/message.js';
import type { Headers } from '../http/headers.js';

/** The clusters of a configuration. Those that have not changed live on in the next one, with their connections. */
export interface ClusterSet {
  get(name: string): UpstreamCluster | undefined;
  /** For the admin port, in order of names. */
  all(): readonly UpstreamCluster[];
}

export interface UpstreamCluster {
  readonly name: string;
  readonly endpoints: readonly UpstreamEndpoint[];
  /** Counters by Envoy's names: `upstream_rq_total`, `upstream_rq_pending_overflow`, `upstream_cx_active`, … */
  readonly stats: ReadonlyMap<string, number>;
  /** By load balancer, health, ejection, priority and locality; undefined when nobody can take it. */
  pick(choice: Choice): UpstreamEndpoint | undefined;
  /** Counts a request in; undefined when a circuit breaker says no. Release is called once. */
  enter(kind: 'request' | 'retry'): (() => void) | undefined;
  /** Counts what only the router knows. */
  note(event: RouterEvent): void;
  /** Counts an answer that the router gives in the name of the cluster. */
  countLocal(status: number): void;
}

/** Envoy's names, without `upstream_rq_`. */
export type RouterEvent =
  'timeout' | 'per_try_timeout' | 'retry_success' | 'retry_limit_exceeded' | 'retry_backoff_exponential';

export interface Choice {
  readonly hash?: bigint;
  /** Endpoints that have been tried; others are preferred, for so many attempts. */
  readonly tried?: readonly UpstreamEndpoint[];
  readonly attempts?: number;
  /** For clusters that go where the caller wanted to go. */
  readonly destination?: Address;
}

export interface UpstreamEndpoint {
  readonly address: string;
  readonly port: number;
  /** `host:port`, or the path of a socket. */
  readonly name: string;
  readonly uid: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly locality: string;
  readonly priority: number;
  readonly isHealthy: boolean;
  readonly isEjected: boolean;
  /** Requests under way. */
  readonly active: number;
  /** Sends a request on a connection of the pool. The handler is told of the end exactly once. */
  send(request: UpstreamRequest, handler: UpstreamHandler): UpstreamCall;
  /** A connection of its own, after TLS if the cluster has it: for TCP, upgrades and CONNECT. Rejects with UpstreamError. */
  connect(signal: AbortSignal): Promise<Duplex>;
  /** Tells the outlier detection how a request ended. */
  record(outcome: 'success' | 'gateway-failure'): void;
}

export interface UpstreamRequest {
  readonly head: RequestHead;
  /** Undefined for none. A stream is read as fast as the upstream takes it. */
  readonly body: Readable | Buffer | undefined;
}

export interface UpstreamHandler {
  onHead(head: ResponseHead): void;
  /** False asks for a pause until `resume` is called. */
  onData(chunk: Buffer): boolean;
  onEnd(trailers: Headers | undefined): void;
  onFailure(failure: UpstreamFailure): void;
}

export interface UpstreamCall {
  resume(): void;
  /** Ends it; the handler hears nothing more. */
  cancel(): void;
}

/**
 * `reset`: the connection broke. `remote-reset`: the upstream has ended this request alone. `refused-stream`: it has not
 * begun with it. `overflow`: a circuit breaker.
 */
export type UpstreamFailureKind =
  'connect-failure' | 'reset' | 'remote-reset' | 'refused-stream' | 'overflow' | 'protocol';

export interface UpstreamFailure {
  readonly kind: UpstreamFailureKind;
  /** For example `ECONNREFUSED`, or what TLS says. */
  readonly reason: string;
}
