import type { Instance, Service } from '../model/service.js';
import type { KnownService } from './tracked-registry.js';

/**
 * One service of what several registries know under one key: the first one says what it is, all say where it runs and
 * whose identities it has. Duplicates are removed. Undefined when there are no parts.
 */
export function joinParts(parts: readonly KnownService[]): KnownService | undefined {
  const [first, ...others] = parts;
  if (first === undefined) return undefined;
  const more = others.flatMap((part) => align(part, first.service));
  const all = more.length === 0 ? first.instances : [...first.instances, ...more];
  return { service: withAccounts(first.service, others), instances: withoutDuplicates(all) };
}

/** Registries may call the same port by different names: the number tells. Ports that the service has not are lost. */
function align({ service, instances }: KnownService, to: Service): Instance[] {
  const names = new Map<string, string | undefined>();
  const nameIn = (portName: string): string | undefined => {
    if (to.ports.some(({ name }) => name === portName)) return portName;
    const number = service.ports.find(({ name }) => name === portName)?.number;
    return to.ports.find((port) => port.number === number)?.name;
  };
  return instances.flatMap((instance) => {
    const { portName } = instance;
    if (!names.has(portName)) names.set(portName, nameIn(portName));
    const name = names.get(portName);
    if (name === undefined) return [];
    return name === portName ? [instance] : [Object.freeze({ ...instance, portName: name })];
  });
}

function withAccounts(service: Service, others: readonly KnownService[]): Service {
  const accounts = new Set(service.serviceAccounts);
  for (const other of others) for (const account of other.service.serviceAccounts) accounts.add(account);
  if (accounts.size === service.serviceAccounts.length) return service;
  return Object.freeze({ ...service, serviceAccounts: [...accounts] });
}

/** The first one of two counts. What has no duplicates stays the same list. */
function withoutDuplicates(instances: readonly Instance[]): readonly Instance[] {
  const found = new Map<string, Instance>();
  for (const instance of instances) {
    const { family, address, port, portName } = instance;
    const key = JSON.stringify([family, address, port, portName]);
    if (!found.has(key)) found.set(key, instance);
  }
  return found.size === instances.length ? instances : Object.freeze([...found.values()]);
}
