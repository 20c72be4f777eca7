import type { ProxyEnv } from '../env.js';
import type { HttpFilter } from '../filters/filter.js';
import type { Exchange } from '../http/exchange.js';
import type { LocalReply, ResponseHead } from '../http/message.js';
import type { CompiledForward, CompiledRoute, CompiledRouteTable, RouteCluster } from '../routing/index.js';
import type { ClusterSet } from '../upstream/types.js';

/** What the requests of one filter chain run on; a new configuration brings another. */
export interface HttpContext {
  readonly env: ProxyEnv;
  /** In order; what they say comes before the router. */
  readonly filters: readonly HttpFilter[];
  readonly routes: CompiledRouteTable;
  readonly clusters: ClusterSet;
  /** What ends each mirrored copy that is under way: nobody waits for it, and the proxy's end must not. */
  readonly mirrored: Set<() => void>;
  /** The `server` header of answers. */
  readonly serverName: string;
  /** Callers say by the authority where they want to go. */
  readonly isHttpProxy: boolean;
  /** Bytes of one body; 0 for no limit. */
  readonly maxBodyBytes: number;
  /** Completes the head of a request before anyone looks at it. False refuses it. */
  prepare(exchange: Exchange): boolean;
}

/** A request under way, as the router sees it. */
export interface Run {
  readonly exchange: Exchange;
  /** Answers without an upstream. */
  reply(reply: LocalReply): void;
  /** Shows the head of an answer to all filters, and sends it. */
  sendHead(head: ResponseHead, hasBody: boolean): void;
  /** Only shows it. */
  prepareHead(head: ResponseHead): void;
  /** Ends the run: filters are told, once. */
  finish(): void;
  /** Called when the caller goes away. */
  onGone(work: () => void): void;
}

/** Where a request is to go. */
export interface ForwardTo {
  readonly route: CompiledRoute;
  readonly forward: CompiledForward;
  readonly target: RouteCluster;
}
