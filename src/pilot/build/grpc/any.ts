import type { Any } from '../../../gen/google/protobuf/any.js';

const types = {
  fault: 'envoy.extensions.filters.http.fault.v3.HTTPFault',
  router: 'envoy.extensions.filters.http.router.v3.Router',
  manager: 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
} as const;

/** The name that routes call the filter for faults by. */
export const faultFilter = 'envoy.filters.http.fault';

/** Wraps an encoded message. */
export function anyOf(type: keyof typeof types, value: Uint8Array): Any {
  return { typeUrl: `type.googleapis.com/${types[type]}`, value: Buffer.from(value) };
}
