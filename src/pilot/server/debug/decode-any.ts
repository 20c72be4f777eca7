import { Cluster } from '../../../gen/envoy/config/cluster/v3/cluster.js';
import { ClusterLoadAssignment } from '../../../gen/envoy/config/endpoint/v3/endpoint.js';
import { Listener } from '../../../gen/envoy/config/listener/v3/listener.js';
import { RouteConfiguration } from '../../../gen/envoy/config/route/v3/route.js';
import { FileAccessLog } from '../../../gen/envoy/extensions/access_loggers/file/v3/file.js';
import { Cors, CorsPolicy } from '../../../gen/envoy/extensions/filters/http/cors/v3/cors.js';
import { HTTPFault } from '../../../gen/envoy/extensions/filters/http/fault/v3/fault.js';
import { Router } from '../../../gen/envoy/extensions/filters/http/router/v3/router.js';
import { HttpConnectionManager } from '../../../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.js';
import { TcpProxy } from '../../../gen/envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy.js';
import {
  DownstreamTlsContext,
  UpstreamTlsContext,
} from '../../../gen/envoy/extensions/transport_sockets/tls/v3/tls.js';
import { HttpProtocolOptions } from '../../../gen/envoy/extensions/upstreams/http/v3/http_protocol_options.js';
import { Cluster as OwnCluster, Endpoints } from '../../../gen/fairlead/proxy/v1/cluster.js';
import { Settings } from '../../../gen/fairlead/proxy/v1/config.js';
import { Listener as OwnListener } from '../../../gen/fairlead/proxy/v1/listener.js';
import { RouteTable } from '../../../gen/fairlead/proxy/v1/route.js';
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
  'envoy.extensions.access_loggers.file.v3.FileAccessLog': FileAccessLog,
  'envoy.extensions.filters.http.cors.v3.Cors': Cors,
  'envoy.extensions.filters.http.cors.v3.CorsPolicy': CorsPolicy,
  'envoy.extensions.filters.http.fault.v3.HTTPFault': HTTPFault,
  'envoy.extensions.filters.http.router.v3.Router': Router,
  'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager': HttpConnectionManager,
  'envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy': TcpProxy,
  'envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext': DownstreamTlsContext,
  'envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext': UpstreamTlsContext,
  'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': HttpProtocolOptions,
  'fairlead.proxy.v1.Cluster': OwnCluster,
  'fairlead.proxy.v1.Endpoints': Endpoints,
  'fairlead.proxy.v1.Listener': OwnListener,
  'fairlead.proxy.v1.RouteTable': RouteTable,
  'fairlead.proxy.v1.Settings': Settings,
};

/** A message of some type as plain data with `@type`, and those within it likewise; as bytes where the type is not known. */
export function decodeAny({ typeUrl, value }: Any): Readonly<Record<string, unknown>> {
  const type = typeUrl.slice(typeUrl.lastIndexOf('/') + 1);
  const decoder = Object.hasOwn(decoders, type) ? decoders[type] : undefined;
  // What is empty needs no decoder.
  const message = value.length === 0 ? {} : (decoder?.decode(value) ?? { value });
  return { '@type': typeUrl, ...(toPlain(unpack(message)) as object) };
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
