import type { Node } from '../../gen/envoy/config/core/v3/base.js';
import type { Status } from '../../gen/google/rpc/status.js';
import type { ResourceKind } from './resource.js';
import type { ResourceMap } from './snapshot.js';
import type { Plan, Subscription } from './subscription.js';

/** What both forms of requests have. */
export interface RequestHead {
  readonly node: Node | undefined;
  readonly typeUrl: string;
  readonly responseNonce: string;
  readonly errorDetail: Status | undefined;
}

/** What goes into a response beside resources. */
interface ResponseHead {
  /** The type that the client asked for. */
  readonly typeUrl: string;
  readonly version: string;
  readonly nonce: string;
}

/** One of the two forms of xDS: state of the world, and delta. Knows nothing of streams. */
export interface Protocol<R extends RequestHead> {
  readonly name: 'sotw' | 'delta';
  /** Whether a response can say that a resource of this kind is gone. */
  tellsRemovals(kind: ResourceKind): boolean;
  /** How many names a request has, which is bounded. */
  countNames(request: R): number;
  /**
   * Takes over what the client wants. `isFirst` is its first request for the kind; `isStale` one that was sent before
   * the last response was seen.
   */
  apply(subscription: Subscription, request: R, given: { readonly isFirst: boolean; readonly isStale: boolean }): void;
  encode(head: ResponseHead, plan: Plan, given: { subscription: Subscription; map: ResourceMap }): Uint8Array;
}
