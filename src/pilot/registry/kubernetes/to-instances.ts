import type { Instance, Service, ServicePort } from '../../model/service.js';
import type { Place, PlaceGroup } from './read-endpoints.js';
import type { PodFacts } from './read-pod.js';
import type { ServiceFacts } from './read-service.js';

/** What is known about the places where services run. */
export interface Surroundings {
  /** The network that the cluster is in. */
  readonly network: string;
  podOf(place: Place): PodFacts | undefined;
  /** Empty when not known. */
  localityOfNode(name: string): string;
}

const noLabels: ReadonlyMap<string, string> = new Map();

/**
 * Where a service runs: each port of it at each address that is ready, in the order of addresses. A place that slices
 * tell of twice, which they do while they are being rearranged, counts once; of two families the service's first one.
 */
export function toInstances(
  { service, externalName, family }: ServiceFacts,
  groups: readonly PlaceGroup[],
  around: Surroundings,
): readonly Instance[] {
  if (externalName !== '') return service.ports.map((port) => toExternal(service, port, externalName));
  const preferred = groups.filter((group) => group.family === family);
  const found = new Map<string, Instance>();
  for (const { places, ports } of preferred.length > 0 ? preferred : groups) {
    for (const place of places) {
      for (const { name } of service.ports) {
        const port = ports.get(name);
        if (port === undefined) continue;
        const key = `${place.address} ${port} ${name}`;
        if (!found.has(key)) found.set(key, toInstance(service, { place, portName: name, port }, around));
      }
    }
  }
  return Object.freeze([...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, instance]) => instance));
}

function toInstance(
  { hostname, namespace }: Service,
  { place, portName, port }: { readonly place: Place; readonly portName: string; readonly port: number },
  around: Surroundings,
): Instance {
  const pod = around.podOf(place);
  return Object.freeze({
    hostname,
    namespace,
    portName,
    address: place.address,
    family: 'tcp',
    port,
    labels: pod?.labels ?? noLabels,
    locality: pod?.locality || around.localityOfNode(place.node || (pod?.node ?? '')),
    network: around.network,
    weight: 1,
    serviceAccount: pod?.serviceAccount ?? '',
    uid: pod?.uid ?? '',
  });
}

function toExternal({ hostname, namespace }: Service, port: ServicePort, address: string): Instance {
  return Object.freeze({
    hostname,
    namespace,
    portName: port.name,
    address,
    family: 'tcp',
    port: port.number,
    labels: noLabels,
    locality: '',
    network: '',
    weight: 1,
    serviceAccount: '',
    uid: '',
  });
}
