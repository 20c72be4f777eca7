import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { Cluster, Cluster_DiscoveryType } from '../../../src/gen/envoy/config/cluster/v3/cluster.js';
import { ClusterLoadAssignment } from '../../../src/gen/envoy/config/endpoint/v3/endpoint.js';
import { Listener } from '../../../src/gen/envoy/config/listener/v3/listener.js';
import type { FilterChain } from '../../../src/gen/envoy/config/listener/v3/listener_components.js';
import { RouteConfiguration } from '../../../src/gen/envoy/config/route/v3/route.js';
import { HttpConnectionManager } from '../../../src/gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.js';
import { Any } from '../../../src/gen/google/protobuf/any.js';
import type { Snapshot, XdsResource } from '../../../src/pilot/xds/index.js';

/** All that a proxy is told as one file that an Envoy may start with, `bootstrap.pb`: nothing in it comes from elsewhere. */
export function staticBootstrap(snapshot: Snapshot): Uint8Array {
  const all = (kind: 'cluster' | 'listener'): XdsResource[] =>
    [...snapshot[kind].keys()].map((name) => snapshot[kind].get(name)!);
  const statics = new BinaryWriter();
  for (const one of all('listener')) statics.uint32(10).bytes(withRoutes(one, snapshot));
  for (const one of all('cluster')) statics.uint32(18).bytes(withEndpoints(one, snapshot));
  return new BinaryWriter().uint32(18).bytes(statics.finish()).finish();
}

function withEndpoints({ any, name }: XdsResource, snapshot: Snapshot): Uint8Array {
  const cluster = Cluster.decode(valueOf(any));
  if (cluster.type !== Cluster_DiscoveryType.EDS) return valueOf(any);
  const endpoints = snapshot.endpoints.get(cluster.edsClusterConfig?.serviceName ?? name);
  cluster.loadAssignment = endpoints && { ...ClusterLoadAssignment.decode(valueOf(endpoints.any)), clusterName: name };
  return Cluster.encode({ ...cluster, type: Cluster_DiscoveryType.STATIC, edsClusterConfig: undefined }).finish();
}

function withRoutes({ any }: XdsResource, snapshot: Snapshot): Uint8Array {
  const listener = Listener.decode(valueOf(any));
  const inline = (chain: FilterChain): void => {
    for (const { typedConfig } of chain.filters) {
      if (typedConfig?.typeUrl.endsWith('HttpConnectionManager') !== true) continue;
      const { rds, ...manager } = HttpConnectionManager.decode(typedConfig.value);
      const routes = rds && snapshot.route.get(rds.routeConfigName);
      if (routes === undefined) continue;
      const routeConfig = RouteConfiguration.decode(valueOf(routes.any));
      typedConfig.value = Buffer.from(HttpConnectionManager.encode({ ...manager, routeConfig }).finish());
    }
  };
  listener.filterChains.forEach(inline);
  return Listener.encode(listener).finish();
}

function valueOf(any: Uint8Array): Uint8Array {
  return Any.decode(any).value;
}
