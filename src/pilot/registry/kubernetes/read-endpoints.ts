import type { KubeObject } from '../../../kube/index.js';
import { type Fields, fieldsOf, listOf, portNumberOf, textMapOf, textOf, textsOf } from '../fields.js';

/** An address that takes traffic. */
export interface Place {
  readonly address: string;
  /** `namespace/name` of its pod; empty when it is not known to be one. */
  readonly pod: string;
  readonly node: string;
}

/** Addresses that have the same ports. */
export interface PlaceGroup {
  readonly family: 'IPv4' | 'IPv6';
  readonly places: readonly Place[];
  /** Numbers by the names of the service's ports. */
  readonly ports: ReadonlyMap<string, number>;
}

/** What is kept of endpoints, or of a slice of them. */
export interface EndpointFacts {
  readonly name: string;
  /** `namespace/name` of the service. */
  readonly service: string;
  readonly groups: readonly PlaceGroup[];
}

const serviceLabel = 'kubernetes.io/service-name';

/** Reads an Endpoints object: addresses that are not ready are left out. */
export function readEndpoints(object: KubeObject): EndpointFacts | undefined {
  const { name, namespace } = object.metadata;
  if (typeof name !== 'string' || typeof namespace !== 'string') return undefined;
  const groups = listOf(object['subsets']).flatMap((subset) => {
    const ports = portsOf(subset['ports']);
    const places = listOf(subset['addresses'])
      .map((one) => toPlace(textOf(one['ip']), one, namespace))
      .filter(({ address }) => address !== '');
    return (['IPv4', 'IPv6'] as const).map((family): PlaceGroup => {
      return { family, ports, places: places.filter(({ address }) => address.includes(':') === (family === 'IPv6')) };
    });
  });
  return { name, service: `${namespace}/${name}`, groups: groups.filter(({ places }) => places.length > 0) };
}

/** Reads an EndpointSlice; undefined when it is of no service. Names in place of addresses are left out. */
export function readSlice(object: KubeObject): EndpointFacts | undefined {
  const { name, namespace } = object.metadata;
  const service = textMapOf(object.metadata.labels).get(serviceLabel);
  if (typeof name !== 'string' || typeof namespace !== 'string' || service === undefined) return undefined;
  const family = object['addressType'];
  const places = listOf(object['endpoints'])
    .filter((endpoint) => fieldsOf(endpoint['conditions'])['ready'] !== false)
    .flatMap((endpoint) => textsOf(endpoint['addresses']).map((address) => toPlace(address, endpoint, namespace)));
  const isUsable = (family === 'IPv4' || family === 'IPv6') && places.length > 0;
  const groups = isUsable ? [{ family, places, ports: portsOf(object['ports']) } as const] : [];
  return { name, service: `${namespace}/${service}`, groups };
}

function toPlace(address: string, fields: Fields, namespace: string): Place {
  const target = fieldsOf(fields['targetRef']);
  const name = target['kind'] === 'Pod' ? textOf(target['name']) : '';
  const pod = name === '' ? '' : `${textOf(target['namespace']) || namespace}/${name}`;
  return { address, pod, node: textOf(fields['nodeName']) };
}

function portsOf(value: unknown): ReadonlyMap<string, number> {
  const entries = listOf(value).map((port) => [textOf(port['name']), portNumberOf(port['port'])] as const);
  return new Map(entries.filter(([, number]) => number !== 0));
}
