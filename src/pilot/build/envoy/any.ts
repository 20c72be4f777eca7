import type { Any } from '../../../gen/google/protobuf/any.js';

const types = {
  cors: 'envoy.extensions.filters.http.cors.v3.CorsPolicy',
  fault: 'envoy.extensions.filters.http.fault.v3.HTTPFault',
  httpOptions: 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
  previousHosts: 'envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate',
} as const;

/** The name that clusters keep their options for HTTP under. */
export const httpOptionsName = types.httpOptions;
/** The names that routes call filters by, which are those of a listener's filters. */
export const corsFilter = 'envoy.filters.http.cors';
export const faultFilter = 'envoy.filters.http.fault';

/** Wraps an encoded message. */
export function anyOf(type: keyof typeof types, value: Uint8Array): Any {
  return { typeUrl: `type.googleapis.com/${types[type]}`, value: Buffer.from(value) };
}
