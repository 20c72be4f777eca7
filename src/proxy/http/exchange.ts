import type { CompiledRoute, RouteCluster } from '../routing/types.js';
import type { UpstreamEndpoint } from '../upstream/types.js';
import type { Headers } from './headers.js';
import type { Downstream, RequestHead, ResponseHead } from './message.js';

/** One request on its way through the proxy, and all that becomes known of it. Times are milliseconds. */
export interface Exchange {
  readonly downstream: Downstream;
  readonly request: RequestHead;
  /** Chosen before the filters run, and again when one of them has changed the head. */
  route: CompiledRoute | undefined;
  /** Of a route with weights, the one that this request goes to. */
  target: RouteCluster | undefined;
  /** The one that answered, or was tried last. */
  endpoint: UpstreamEndpoint | undefined;
  response: ResponseHead | undefined;
  /** Once they are there. */
  trailers: Headers | undefined;
  /** In the order in which they were set. */
  readonly flags: Set<string>;
  details: string;
  /** By the wall clock. */
  readonly startedAt: number;
  /** Monotonic, as those that follow. */
  readonly started: number;
  responseStarted: number | undefined;
  /** Spent in the upstream that answered until the head of its answer. */
  upstreamMillis: number | undefined;
  ended: number | undefined;
  attempts: number;
  /** Bytes of bodies. */
  received: number;
  sent: number;
  /** What the connection to the upstream failed of. */
  upstreamFailure: string | undefined;
  /** Filters keep here what belongs to the request, by their name. */
  readonly state: Map<string, unknown>;
}
