import type { Service } from '../../model/service.js';
import type { Registry } from '../../registry/registry.js';
import { keyOf } from '../../registry/tracked-registry.js';
import type { Pilot } from '../types.js';
import { endpointOf, type EndpointOfService } from './endpointz.js';

/** A service of `/debug/registryz`. The array ends with an empty object, as Istio's. */
export interface RegisteredService {
  readonly hostname: string;
  readonly addresses: readonly string[];
  readonly ports: readonly { readonly name: string; readonly port: number; readonly protocol: string }[];
  readonly resolution: string;
  readonly meshExternal: boolean;
  readonly serviceaccounts: readonly string[];
  /** RFC 3339; empty when not known. */
  readonly creationTime: string;
  readonly Attributes: {
    readonly ServiceRegistry: string;
    readonly Name: string;
    readonly Namespace: string;
    readonly UID: string;
    readonly ExportTo: readonly string[];
    readonly Labels: Readonly<Record<string, string>>;
  };
}

/** All services of all registries. */
export function readRegistryz({ model }: Pilot): readonly (RegisteredService | Record<string, never>)[] {
  return [...model.services.services.map(registered), {}];
}

function registered(service: Service): RegisteredService {
  const { hostname, addresses, ports, resolution, isExternal, serviceAccounts, createdAt } = service;
  return {
    hostname,
    addresses,
    ports: ports.map(({ name, number, protocol }) => ({ name, port: number, protocol })),
    resolution,
    meshExternal: isExternal,
    serviceaccounts: serviceAccounts,
    creationTime: createdAt === 0 ? '' : new Date(createdAt).toISOString(),
    Attributes: {
      ServiceRegistry: service.registry,
      Name: service.name,
      Namespace: service.namespace,
      UID: service.uid,
      ExportTo: service.exportTo,
      Labels: Object.fromEntries(service.labels),
    },
  };
}

/** `/debug/endpointShardz`: where services run, by host, namespace and registry. */
export type EndpointShards = Readonly<
  Record<string, Readonly<Record<string, { readonly Shards: Readonly<Record<string, readonly EndpointOfService[]>> }>>>
>;

/** What each registry says of where services run, before it is merged. */
export function readShards({ registries }: Pilot): EndpointShards {
  const hosts = new Map<string, Map<string, Map<string, EndpointOfService[]>>>();
  for (const registry of registries) {
    for (const { service, endpoint } of endpointsOf(registry)) {
      const { hostname, namespace } = service;
      const namespaces = hosts.get(hostname) ?? new Map<string, Map<string, EndpointOfService[]>>();
      hosts.set(hostname, namespaces);
      const shards = namespaces.get(namespace) ?? new Map<string, EndpointOfService[]>();
      namespaces.set(namespace, shards);
      const list = shards.get(registry.name);
      if (list === undefined) shards.set(registry.name, [endpoint]);
      else list.push(endpoint);
    }
  }
  const shardsOf = (shards: ReadonlyMap<string, EndpointOfService[]>) => ({ Shards: Object.fromEntries(shards) });
  return mapValues(hosts, (namespaces) => mapValues(namespaces, shardsOf));
}

function endpointsOf(
  registry: Registry,
): readonly { readonly service: Service; readonly endpoint: EndpointOfService }[] {
  const services = new Map(registry.services().map((service) => [keyOf(service), service]));
  return registry.instances().flatMap((instance) => {
    const service = services.get(keyOf(instance));
    return service === undefined ? [] : [{ service, endpoint: endpointOf(instance, service) }];
  });
}

function mapValues<A, B>(map: ReadonlyMap<string, A>, change: (value: A) => B): Readonly<Record<string, B>> {
  return Object.fromEntries(Array.from(map, ([key, value]) => [key, change(value)]));
}
