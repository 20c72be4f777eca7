import type { Config } from '../kinds/kind.js';
import { parseProtocol } from '../kinds/protocols.js';
import type { Endpoint, ServiceEntry } from '../kinds/service-entry.js';
import type { Instance, Resolution, Service } from '../model/service.js';

/** What a resource stands for. */
export interface Known {
  readonly services: readonly Service[];
  readonly instances: readonly Instance[];
}

const resolutions: Readonly<Record<ServiceEntry['resolution'], Resolution>> = {
  NONE: 'PASSTHROUGH',
  STATIC: 'LISTED',
  DNS: 'DNS',
};

/** The services of a ServiceEntry, one for each host, and where they run (mesh.md 2.4). */
export function fromServiceEntry(config: Config<ServiceEntry>, registry: string): Known {
  const { spec, namespace, createdAt, labels } = config;
  const services = namesOf(spec.hosts).map((hostname): Service => {
    return Object.freeze({
      hostname,
      name: hostname,
      namespace,
      addresses: spec.addresses,
      ports: spec.ports.map(({ name, number, protocol }) => ({
        name,
        number,
        protocol: parseProtocol(protocol) ?? 'AUTO',
      })),
      resolution: resolutions[spec.resolution],
      isExternal: spec.location === 'MESH_EXTERNAL',
      serviceAccounts: spec.subjectAltNames,
      createdAt,
      exportTo: spec.exportTo,
      labels,
      uid: '',
      registry,
    });
  });
  const instances = services.flatMap((service) => {
    // Without endpoints it is the host itself that DNS is asked for.
    const isItself = spec.resolution === 'DNS' && spec.endpoints.length === 0;
    const endpoints = isItself ? [{ ...nowhere, address: service.hostname }] : spec.endpoints;
    return endpoints.flatMap((endpoint) => spec.ports.map((port) => toInstance(service, endpoint, port)));
  });
  return { services, instances };
}

/** Names do not go by the case of their letters, and one that is given twice is one service. */
function namesOf(hosts: readonly string[]): readonly string[] {
  return [...new Set(hosts.map((host) => host.toLowerCase()))];
}

const nowhere: Omit<Endpoint, 'address'> = {
  ports: new Map(),
  labels: new Map(),
  network: '',
  locality: '',
  weight: 0,
};

/** A place as configuration tells it. */
export interface Place {
  readonly address: string;
  readonly ports: ReadonlyMap<string, number>;
  readonly labels: ReadonlyMap<string, string>;
  readonly locality: string;
  readonly network: string;
  readonly weight: number;
  readonly serviceAccount?: string | undefined;
}

/** One port of a place where a service runs. */
export function toInstance(
  { hostname, namespace }: Service,
  place: Place,
  port: { readonly name: string; readonly number: number },
): Instance {
  const isSocket = place.address.startsWith('unix://');
  return Object.freeze({
    hostname,
    namespace,
    portName: port.name,
    address: isSocket ? place.address.slice('unix://'.length) : place.address,
    family: isSocket ? 'unix' : 'tcp',
    port: isSocket ? 0 : (place.ports.get(port.name) ?? port.number),
    labels: place.labels,
    locality: place.locality,
    network: place.network,
    weight: place.weight || 1,
    serviceAccount: place.serviceAccount ?? '',
    uid: '',
  });
}
