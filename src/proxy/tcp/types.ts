import type { Listener, TcpFilter } from '../../gen/fairlead/proxy/v1/listener.js';
import type { Downstream } from '../http/message.js';
import type { UpstreamEndpoint } from '../upstream/types.js';

/** One connection of a TCP chain, and all that becomes known of it. Times are milliseconds. */
export interface TcpConnection {
  readonly downstream: Downstream;
  /** What the caller asked for in TLS, whether that ends here or not. */
  readonly serverName: string | undefined;
  /** By the wall clock. */
  readonly startedAt: number;
  /** Monotonic, as `ended`. */
  readonly started: number;
  ended: number | undefined;
  cluster: string | undefined;
  endpoint: UpstreamEndpoint | undefined;
  /** Envoy's short names: `UF`, `UH`, `UO`, `NR`; in the order in which they were set. */
  readonly flags: Set<string>;
  /** What the connection to the upstream failed of. */
  upstreamFailure: string | undefined;
  /** False when the observer refused it. */
  allowed: boolean;
  /** Bytes from the caller so far, and to it. */
  received: number;
  sent: number;
  /** Observers keep here what belongs to the connection, by their name. */
  readonly state: Map<string, unknown>;
}

/** Decides over connections, and follows them: Mixer's side of a TCP chain (mesh.md 1.5). */
export interface TcpObserver {
  /**
   * Decides, before a byte passes in any direction and before an upstream is connected. A rejection is a no. `signal`
   * tells that the caller has gone.
   */
  onConnection(connection: TcpConnection, signal: AbortSignal): boolean | Promise<boolean>;
  /** It is allowed. */
  onOpen?(connection: TcpConnection): void;
  /** Every `report_interval` of the chain's Mixer configuration. */
  onContinue?(connection: TcpConnection): void;
  /** It has ended, allowed or not. Once, and the last of all. */
  onClose?(connection: TcpConnection): void;
}

/** Makes the observer of a chain; undefined when nobody observes it. */
export type MakeTcpObserver = (filter: TcpFilter, listener: Listener, chainName: string) => TcpObserver | undefined;

/** Is told of each connection once, when it has ended. */
export type TcpLog = (connection: TcpConnection) => void;

/** Makes the log of a chain; undefined for none. */
export type MakeTcpLog = (filter: TcpFilter, listener: Listener, chainName: string) => TcpLog | undefined;
