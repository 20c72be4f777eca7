import type { Registry } from '../registry/registry.js';
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
}

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
  return {
    services: Object.freeze(all),
    withHost: (hostname) => byHost.get(hostname) ?? [],
    instances: (service) => instances.get(keyOf(service)) ?? [],
    instancesAt: (addresses) => addresses.flatMap((address) => byAddress.get(address) ?? []),
  };
}

function keyOf({ hostname, namespace }: { readonly hostname: string; readonly namespace: string }): string {
  return `${namespace}/${hostname}`;
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
