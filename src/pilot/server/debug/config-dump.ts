import { Any } from '../../../gen/google/protobuf/any.js';
import { type ResourceKind, resourceKinds, type XdsResource } from '../../xds/resource.js';
import type { Pilot } from '../types.js';
import { decodeAny } from './decode-any.js';

/**
 * `/debug/config_dump?proxyID=`: all that a proxy is to have, in the order and with the names of Envoy's own
 * `/config_dump`, but for the resources themselves: those have the names of protobuf's JSON (`lowerCamelCase`),
 * enumerations are numbers and 64-bit integers strings, as on the admin port of our proxy.
 */
export interface ConfigDump {
  readonly configs: readonly [ClustersDump, EndpointsDump, ListenersDump, RoutesDump];
}

/** A resource: `@type` and its fields. */
export type DumpedResource = Readonly<Record<string, unknown>> & { readonly '@type': string };

interface Dump {
  readonly '@type': string;
  /** Of the last push. */
  readonly version_info: string;
}

interface ClustersDump extends Dump {
  readonly dynamic_active_clusters: readonly { readonly version_info: string; readonly cluster: DumpedResource }[];
}

interface EndpointsDump extends Dump {
  readonly dynamic_endpoint_configs: readonly {
    readonly version_info: string;
    readonly endpoint_config: DumpedResource;
  }[];
}

interface ListenersDump extends Dump {
  readonly dynamic_listeners: readonly {
    readonly name: string;
    readonly active_state: { readonly version_info: string; readonly listener: DumpedResource };
  }[];
}

interface RoutesDump extends Dump {
  readonly dynamic_route_configs: readonly {
    readonly version_info: string;
    readonly route_config: DumpedResource;
  }[];
}

const types: Readonly<Record<ResourceKind, readonly [type: string, list: string]>> = {
  cluster: ['ClustersConfigDump', 'dynamic_active_clusters'],
  endpoints: ['EndpointsConfigDump', 'dynamic_endpoint_configs'],
  listener: ['ListenersConfigDump', 'dynamic_listeners'],
  route: ['RoutesConfigDump', 'dynamic_route_configs'],
};

/** Dumps what a connected proxy is to have; undefined when it is not connected. `id` is the proxy's or the node's. */
export function readConfigDump(pilot: Pilot, id: string): ConfigDump | undefined {
  const user = pilot.clients.get(id) ?? pilot.clients.all().find(({ proxy }) => proxy.id === id);
  if (user === undefined) return undefined;
  const snapshot = pilot.snapshotOf(user);
  const configs = resourceKinds.map((kind) => {
    const [type, list] = types[kind];
    const resources = [...snapshot[kind].keys()].sort().flatMap((name) => snapshot[kind].get(name) ?? []);
    const items = resources.map((resource) => itemOf(kind, resource));
    return { '@type': `type.googleapis.com/envoy.admin.v3.${type}`, version_info: snapshot.version, [list]: items };
  });
  return { configs: configs as unknown as ConfigDump['configs'] };
}

function itemOf(kind: ResourceKind, resource: XdsResource): object {
  const { name, version: version_info } = resource;
  const value = decodeResource(resource);
  switch (kind) {
    case 'cluster':
      return { version_info, cluster: value };
    case 'endpoints':
      return { version_info, endpoint_config: value };
    case 'listener':
      return { name, active_state: { version_info, listener: value } };
    case 'route':
      return { version_info, route_config: value };
  }
}

/** A resource as plain data. */
export function decodeResource({ any }: XdsResource): DumpedResource {
  return decodeAny(Any.decode(any)) as DumpedResource;
}
