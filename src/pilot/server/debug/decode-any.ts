import { Cluster } from '../../../gen/envoy/config/cluster/v3/cluster.js';
import { ClusterLoadAssignment } from '../../../gen/envoy/config/endpoint/v3/endpoint.js';
import { Listener } from '../../../gen/envoy/config/listener/v3/listener.js';
import { RouteConfiguration } from '../../../gen/envoy/config/route/v3/route.js';
import { HTTPFault } from '../../../gen/envoy/extensions/filters/http/fault/v3/fault.js';
import { Router } from '../../../gen/envoy/extensions/filters/http/router/v3/router.js';
import { HttpConnectionManager } from '../../../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.js';
import type { Any } from '../../../gen/google/protobuf/any.js';
import { toPlain } from './plain.js';

interface Decoder {
  decode(value: Uint8Array): object;
}

// What is not in the list is shown as bytes.
const decoders: Readonly<Record<string, Decoder>> = {
  'envoy.config.cluster.v3.Cluster': Cluster,
  'envoy.config.endpoint.v3.ClusterLoadAssignment': ClusterLoadAssignment,
  'envoy.config.listener.v3.Listener': Listener,
  'envoy.config.route.v3.RouteConfiguration': RouteConfiguration,
  'envoy.extensions.filters.http.fault.v3.HTTPFault': HTTPFault,
  'envoy.extensions.filters.http.router.v3.Router': Router,
  'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager': HttpConnectionManager,
};

/** A message of some type as plain data with `@type`, and those within it likewise; as bytes where the type is not known. */
export function decodeAny({ typeUrl, value }: Any): Readonly<Record<string, unknown>> {
  const type = typeUrl.slice(typeUrl.lastIndexOf('/') + 1);
  const decoder = Object.hasOwn(decoders, type) ? decoders[type] : undefined;
  const message = decoder?.decode(value);
  return { '@type': typeUrl, ...(toPlain(message === undefined ? { value } : unpack(message)) as object) };
}

/** The same with what it wraps opened. */
function unpack(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(unpack);
  if (isAny(value)) return decodeAny(value);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, unpack(member)]));
}

function isAny(value: object): value is Any {
  return 'typeUrl' in value && 'value' in value && value.value instanceof Uint8Array;
}
