import { Duration, type StringMap, Timestamp, type Value } from '../../attributes/index.js';
import type { CheckOutcome } from '../mixer-client.js';
import { httpStatusOf, rpc, statusText } from '../rpc-codes.js';

/** How many bytes went one way. */
export interface Sizes {
  readonly body: number;
  /** Headers, body and trailers. */
  readonly total: number;
}

/** Where the request went. */
export interface UpstreamFacts {
  readonly address?: Uint8Array | undefined;
  readonly port?: number | undefined;
  readonly uid?: string | undefined;
}

/** What is known of a request when it has ended. */
export interface ResponseFacts {
  /** Undefined when the stream never got one. */
  readonly code: number | undefined;
  /** Must not change any more. */
  readonly headers: StringMap;
  readonly trailers?: StringMap;
  readonly wallMillis: number;
  readonly durationMillis: number;
  readonly request: Sizes;
  readonly response: Sizes;
  readonly upstream?: UpstreamFacts;
  /** Envoy's response flags in short; none when empty or left out. */
  readonly flags?: string;
  /** Tracing headers that were set after the check. */
  readonly tracing?: ReadonlyMap<string, string>;
  readonly permissive?: { readonly responseCode?: string; readonly policyId?: string };
  /** Strings that other filters left, by filter. */
  readonly metadata?: ReadonlyMap<string, StringMap>;
}

const traceHeaders = ['x-b3-traceid', 'x-b3-spanid', 'x-b3-parentspanid', 'x-b3-sampled'];

/**
 * Adds the attributes of an HTTP request that has ended to those it began with (mesh.md 1.4). There is no outcome when
 * there was no check.
 */
export function addResponseAttributes(
  into: Map<string, Value>,
  facts: ResponseFacts,
  outcome: CheckOutcome | undefined,
): void {
  addUpstream(into, facts.upstream ?? {});
  addTracing(into, facts.tracing);
  const { trailers } = facts;
  const headers = trailers === undefined ? facts.headers : new Map([...facts.headers.entries(), ...trailers.entries()]);
  if (headers.size > 0) into.set('response.headers', headers);
  into.set('response.time', Timestamp.fromMillis(facts.wallMillis));
  into.set('request.size', BigInt(facts.request.body));
  into.set('request.total_size', BigInt(facts.request.total));
  into.set('response.size', BigInt(facts.response.body));
  into.set('response.total_size', BigInt(facts.response.total));
  into.set('response.duration', Duration.fromMillis(facts.durationMillis));
  const isDenied = outcome !== undefined && outcome.status.code !== rpc.OK;
  into.set('response.code', BigInt(isDenied ? httpStatusOf(outcome.status.code) : (facts.code ?? 500)));
  into.set('context.proxy_error_code', facts.flags || '-');
  addGrpc(into, facts);
  addCacheHits(into, outcome);
  addDenial(into, outcome);
  addFilters(into, facts);
}

function addFilters(into: Map<string, Value>, { permissive, metadata }: ResponseFacts): void {
  const { responseCode = '', policyId = '' } = permissive ?? {};
  if (responseCode !== '') into.set('rbac.permissive.response_code', responseCode);
  if (policyId !== '') into.set('rbac.permissive.effective_policy_id', policyId);
  for (const [filter, values] of metadata ?? []) if (filter !== 'istio.mixer') into.set(filter, values);
}

/** Adds where a request or connection went. */
export function addUpstream(into: Map<string, Value>, { address, port, uid }: UpstreamFacts): void {
  // What the configuration says about the destination is about the service, and stays.
  if (address !== undefined && !into.has('destination.ip')) into.set('destination.ip', address);
  if (port !== undefined && !into.has('destination.port')) into.set('destination.port', BigInt(port));
  if (uid !== undefined) into.set('destination.uid', uid);
}

function addTracing(into: Map<string, Value>, tracing: ReadonlyMap<string, string> | undefined): void {
  if (tracing === undefined) return;
  const found = traceHeaders.flatMap((name): [string, string][] => {
    const value = tracing.get(name);
    return value === undefined ? [] : [[name, value]];
  });
  if (found.length === 0) return;
  const before = into.get('request.headers') as StringMap | undefined;
  into.set('request.headers', new Map([...(before?.entries() ?? []), ...found]));
}

function addGrpc(into: Map<string, Value>, { headers, trailers }: ResponseFacts): void {
  const from = trailers?.get('grpc-status') === undefined ? headers : trailers;
  const status = from.get('grpc-status');
  if (status === undefined) return;
  into.set('response.grpc_status', status);
  into.set('response.grpc_message', from.get('grpc-message') ?? '');
}

/** Adds whether the answers were known. */
export function addCacheHits(into: Map<string, Value>, outcome: CheckOutcome | undefined): void {
  if (outcome === undefined) return;
  into.set('check.cache_hit', outcome.checkCacheHit);
  into.set('quota.cache_hit', outcome.quotaCacheHit);
}

/** Adds why a check denied. */
export function addDenial(into: Map<string, Value>, outcome: CheckOutcome | undefined): void {
  if (outcome === undefined || outcome.status.code === rpc.OK) return;
  const { code, message } = outcome.status;
  into.set('check.error_code', BigInt(code));
  into.set('check.error_message', statusText(code, message));
}
