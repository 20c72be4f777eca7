import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { HttpFilter, Listener } from '../../gen/fairlead/proxy/v1/listener.js';
import type { ProxyEnv } from '../env.js';
import type { Address, Downstream } from '../http/message.js';
import type { MakeTcpLog, MakeTcpObserver } from '../tcp/types.js';
import type { ClusterSet } from '../upstream/types.js';

/** Serves the HTTP connections of one filter chain. */
export interface HttpAcceptor {
  /**
   * Takes over a connection. What was read of it before is in its buffer again; nothing listens to it but for errors.
   * May come after `drain`, for a connection that was being looked at: that one ends after its first request.
   */
  accept(socket: Socket | TLSSocket, downstream: Downstream, protocol: 'http1' | 'http2'): void;
  /** Requests under way end, and their connections with them. Called once, when the chain is changed or goes. */
  drain(): void;
}

/** Makes what serves a chain. A throw makes the listener a problem. */
export type MakeHttpAcceptor = (filter: HttpFilter, listener: Listener, chainName: string) => HttpAcceptor;

export interface ListenerSetOptions {
  readonly env: ProxyEnv;
  /** The clusters of now, asked for each TCP connection. */
  readonly clusters: () => ClusterSet;
  readonly makeHttp: MakeHttpAcceptor;
  /** Asked for each TCP chain; without an observer every connection is allowed. */
  readonly tcpMixer?: MakeTcpObserver;
  /** Asked for each TCP chain. */
  readonly tcpLog?: MakeTcpLog;
  /** How long connections have to end by themselves; 45 s when left out (mesh.md 2.7). */
  readonly drainMillis?: number;
  /** Of certificates; the file system when left out. */
  readonly readFile?: (path: string) => Promise<Buffer>;
}

/** Why a listener is not as it was asked for. */
export interface Problem {
  readonly listener: string;
  readonly message: string;
}

/** The listeners of a proxy, from one configuration to the next. */
export interface ListenerSet {
  /**
   * Makes the listeners those that are given. What is new is bound before anything stops, what has not changed is not
   * touched, and what has changed keeps its socket and its connections. A listener with a problem stays as it was.
   */
  apply(listeners: readonly Listener[]): Promise<readonly Problem[]>;
  /** Where each listens, by name: with the real port where 0 was asked for. */
  addresses(): ReadonlyMap<string, Address>;
  /** Counters and gauges of Envoy's names, by name of the listener. */
  listenerStats(): ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** The same of TCP chains, by their prefix. */
  tcpStats(): ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Stops accepting; resolves when all connections have ended, which takes `drainMillis` at most. */
  drain(): Promise<void>;
  /** Ends everything now. */
  close(): Promise<void>;
}
