import { isIP } from 'node:net';
import { type Instance, type Service, takesMutualTls } from '../model/service.js';
import type { KnownService, RegistryChange } from '../registry/tracked-registry.js';

/** What has become of a registry's services. */
export type Moves =
  | { readonly kind: 'full' }
  | {
      readonly kind: 'moved';
      /** By `keyOf`. */
      readonly keys: ReadonlySet<string>;
      readonly hosts: ReadonlySet<string>;
      /** Where something came, went or became another thing. */
      readonly addresses: ReadonlySet<string>;
    };

/** What a change is told apart by. */
export interface MovesParts {
  /** What a registry knows now. */
  readonly get: (key: string) => KnownService | undefined;
  /** Where a service ran before. */
  readonly former: (service: Service) => readonly Instance[];
  /** Whether the mesh calls with mutual TLS whatever takes it: then clusters say so. */
  readonly hasAutoTls?: boolean;
}

const full: Moves = { kind: 'full' };

/**
 * Tells a change of nothing but endpoints from others. Where clusters or listeners are made of instances, which is so
 * for names that have to be looked up, for services that are called by address and where instances say that they take
 * mutual TLS, more than endpoints change.
 */
export function movesOf({ services, instances: keys }: RegistryChange, parts: MovesParts): Moves {
  const { get, former, hasAutoTls = false } = parts;
  if (services.size > 0) return full;
  const hosts = new Set<string>();
  const addresses = new Set<string>();
  for (const key of keys) {
    const known = get(key);
    if (known === undefined) return full;
    const { service, instances } = known;
    const before = former(service);
    if (service.resolution !== 'LISTED' || ![...before, ...instances].every(isListed)) return full;
    if (hasAutoTls && tlsOf(before) !== tlsOf(instances)) return full;
    hosts.add(service.hostname);
    for (const address of difference(before, instances)) addresses.add(address);
  }
  return { kind: 'moved', keys, hosts, addresses };
}

function isListed({ family, address }: Instance): boolean {
  return family === 'unix' || isIP(address) !== 0;
}

/** What mutual TLS depends on: whether all take it, or none; of a mixture, which of them. */
function tlsOf(instances: readonly Instance[]): string {
  const [every, some] = [instances.length > 0 && instances.every(takesMutualTls), instances.some(takesMutualTls)];
  if (every === some) return String(every);
  const kinds = instances.map(({ portName, labels }) => JSON.stringify([portName, [...labels].sort()]));
  return [...new Set(kinds)].sort().join();
}

/** The addresses of what is in one list only. */
function difference(a: readonly Instance[], b: readonly Instance[]): readonly string[] {
  const [left, right] = [new Set(a.map(placeOf)), new Set(b.map(placeOf))];
  const only = [
    ...a.filter((instance) => !right.has(placeOf(instance))),
    ...b.filter((instance) => !left.has(placeOf(instance))),
  ];
  return only.map(({ address }) => address);
}

function placeOf({ address, port, portName, labels }: Instance): string {
  return JSON.stringify([address, port, portName, [...labels]]);
}
