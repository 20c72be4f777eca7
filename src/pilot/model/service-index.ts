import type { Registry } from '../registry/registry.js';
import { keyOf, type TrackedRegistry } from '../registry/tracked-registry.js';
import { compareAge } from './precedence.js';
import type { Instance, Service } from './service.js';

/** All services and instances of all registries. */
export interface ServiceIndex {
  /** In the order of their age. */
  readonly services: readonly Service[];
  /** Services of one host: in several namespaces there may be several. */
  withHost(hostname: string): readonly Service[];
  instances(service: Service): readonly Instance[];
  /** What runs at one of these addresses. */
  instancesAt(addresses: readonly string[]): readonly Instance[];
  /**
   * The same services, of which these run where a registry says now. It costs what has changed since all was indexed,
   * not what there is.
   */
  withInstances(keys: Iterable<string>, registry: Pick<TrackedRegistry, 'get'>): ServiceIndex;
}

/** What has other instances than when all was indexed. */
interface Moved {
  /** By {@link keyOf}. */
  readonly instances: ReadonlyMap<string, readonly Instance[]>;
  readonly byAddress: ReadonlyMap<string, readonly Instance[]>;
}

const nothingMoved: Moved = { instances: new Map(), byAddress: new Map() };

/**
 * Puts registries together. Of two that know a service of one host and namespace the first one says what it is; the
 * instances and service accounts of both count.
 */
export function indexServices(registries: readonly Registry[]): ServiceIndex {
  const services = new Map<string, Service>();
  const instances = new Map<string, Instance[]>();
  const byAddress = new Map<string, Instance[]>();
  for (const registry of registries) {
    for (const service of registry.services()) {
      const key = keyOf(service);
      const known = services.get(key);
      services.set(key, known === undefined ? service : withAccounts(known, service.serviceAccounts));
    }
    for (const instance of registry.instances()) {
      append(instances, keyOf(instance), instance);
      append(byAddress, instance.address, instance);
    }
  }
  const all = [...services.values()].sort(compareAge);
  const byHost = new Map<string, Service[]>();
  for (const service of all) append(byHost, service.hostname, service);
  return overlay({ services: Object.freeze(all), byHost, instances, byAddress, keys: new WeakMap() }, nothingMoved);
}

interface Indexed extends Moved {
  readonly services: readonly Service[];
  readonly byHost: ReadonlyMap<string, readonly Service[]>;
  readonly keys: WeakMap<Service, string>;
}

/** What was indexed, but for what has moved since. */
function overlay(indexed: Indexed, moved: Moved): ServiceIndex {
  const at = (address: string): readonly Instance[] =>
    moved.byAddress.get(address) ?? indexed.byAddress.get(address) ?? [];
  // Asked thousands of times for each proxy: the name of a service is put together once.
  const keyFor = (service: Service): string => {
    const known = indexed.keys.get(service);
    if (known !== undefined) return known;
    const key = keyOf(service);
    indexed.keys.set(service, key);
    return key;
  };
  const instancesOf = (key: string): readonly Instance[] =>
    moved.instances.get(key) ?? indexed.instances.get(key) ?? [];
  return {
    services: indexed.services,
    withHost: (hostname) => indexed.byHost.get(hostname) ?? [],
    instances: (service) => instancesOf(keyFor(service)),
    instancesAt: (addresses) => addresses.flatMap(at),
    withInstances(keys, registry) {
      const instances = new Map(moved.instances);
      const byAddress = new Map(moved.byAddress);
      for (const key of keys) {
        const [before, now] = [instances.get(key) ?? instancesOf(key), registry.get(key)?.instances ?? []];
        instances.set(key, now);
        for (const address of new Set([...before, ...now].map((instance) => instance.address))) {
          const others = (byAddress.get(address) ?? at(address)).filter((one) => keyOf(one) !== key);
          byAddress.set(address, [...others, ...now.filter((one) => one.address === address)]);
        }
      }
      return overlay(indexed, { instances, byAddress });
    },
  };
}

function withAccounts(service: Service, more: readonly string[]): Service {
  if (more.length === 0) return service;
  return { ...service, serviceAccounts: [...new Set([...service.serviceAccounts, ...more])] };
}

function append<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
