import { isIP } from 'node:net';
import type { Headers } from '../http/headers.js';
import type { Address, Downstream, RequestHead } from '../http/message.js';
import { isInternalAddress, isLoopback } from './internal-address.js';
import type { KnownHeaders } from './known-headers.js';

/** Where a request comes from. */
export interface Origin {
  /** Differs from the connection when `x-forwarded-for` is believed. */
  readonly remote: Address;
  /** From outside of the mesh into a gateway. */
  readonly isEdge: boolean;
}

/**
 * Completes `x-forwarded-for` and `x-forwarded-proto`, and finds out whether the request comes from inside, as Envoy
 * does. With `useRemoteAddress` only the connection is believed: a gateway at the edge.
 */
export function completeOrigin(
  { headers }: RequestHead,
  downstream: Downstream,
  { known, useRemoteAddress }: { readonly known: KnownHeaders; readonly useRemoteAddress: boolean },
): Origin {
  const scheme = downstream.tls === undefined ? 'http' : 'https';
  const { forwardedFor } = known;
  if (known.hasInternal) headers.remove('x-envoy-internal');
  if (!useRemoteAddress) {
    if (known.forwardedProto === undefined) headers.add('x-forwarded-proto', scheme);
    return trustForwarded(headers, forwardedFor, downstream);
  }
  const { remote, local } = downstream;
  const own = isLoopback(remote.host) ? local.host : remote.host;
  headers.set('x-forwarded-for', forwardedFor === undefined || forwardedFor === '' ? own : `${forwardedFor},${own}`);
  headers.set('x-forwarded-proto', scheme);
  // More than one hop means that somebody outside of the mesh was in between.
  if (forwardedFor === undefined && isInternalAddress(remote.host)) {
    headers.add('x-envoy-internal', 'true');
    return { remote, isEdge: false };
  }
  for (const name of internalHeaders) if (headers.has(name)) headers.remove(name);
  headers.set('x-envoy-external-address', remote.host);
  return { remote, isEdge: true };
}

function trustForwarded(headers: Headers, forwardedFor: string | undefined, { remote }: Downstream): Origin {
  if (forwardedFor === undefined) return { remote, isEdge: false };
  const comma = forwardedFor.lastIndexOf(',');
  const last = forwardedFor.slice(comma + 1).trim();
  if (isIP(last) === 0) return { remote, isEdge: false };
  if (comma === -1 && isInternalAddress(last)) headers.add('x-envoy-internal', 'true');
  // Its port is unknown, which Envoy writes as 0.
  return { remote: { host: last, port: 0 }, isEdge: false };
}

/** What only callers inside of the mesh may ask for. */
const internalHeaders = [
  'x-envoy-retriable-status-codes',
  'x-envoy-retriable-header-names',
  'x-envoy-retry-on',
  'x-envoy-retry-grpc-on',
  'x-envoy-max-retries',
  'x-envoy-hedge-on-per-try-timeout',
  'x-envoy-upstream-alt-stat-name',
  'x-envoy-upstream-rq-timeout-ms',
  'x-envoy-upstream-rq-per-try-timeout-ms',
  'x-envoy-upstream-rq-timeout-alt-response',
  'x-envoy-expected-rq-timeout-ms',
  'x-envoy-decorator-operation',
  'x-envoy-downstream-service-cluster',
  'x-envoy-downstream-service-node',
  'x-envoy-force-trace',
  'x-envoy-ip-tags',
  'x-envoy-original-path',
];
