import { isIP } from 'node:net';
import type { ClusterLoadAssignment } from '../../../gen/envoy/config/endpoint/v3/endpoint.js';
import { LbEndpoint, LocalityLbEndpoints } from '../../../gen/envoy/config/endpoint/v3/endpoint_components.js';
import type { LocalityGroup } from '../../model/localities.js';
import type { Instance } from '../../model/service.js';
import { compareText, sortedBy } from '../fairlead/order.js';
import { isUsablePath, pathOf } from './inbound-ports.js';

const MAX_WEIGHT = 0xffff_ffff;
const MAX_PRIORITY = 128;

/** What instances have to be for a kind of clusters. */
type InstanceFilter = (instance: Instance) => boolean;

/** Those that Envoy takes from a list: addresses, and sockets of the machine. */
export const isListed: InstanceFilter = ({ family, address }) =>
  family === 'unix' ? isPath(address) : isIP(address) > 0;
/** Those that Envoy looks up: names, and addresses among them. */
export const isNamed: InstanceFilter = ({ family, address }) => family === 'tcp' && address !== '';

/** Where a cluster runs (mesh.md 2.8, 3.5): no place twice, weights that fit, priorities without gaps. */
export function buildLoadAssignment(
  name: string,
  groups: readonly LocalityGroup[],
  isUsable: InstanceFilter,
): ClusterLoadAssignment {
  const seen = new Set<string>();
  const sorted = groups.toSorted((a, b) => a.priority - b.priority || compareText(a.locality, b.locality));
  const filled = sorted.flatMap((group) => {
    const instances = group.instances.filter((instance) => isUsable(instance) && isNew(placeOf(instance), seen));
    return instances.length === 0 ? [] : [{ group, instances: sortedBy(instances, placeOf) }];
  });
  const priorities = [...new Set(filled.map(({ group }) => group.priority))];
  const count = filled.reduce((sum, { instances }) => sum + instances.length, 0);
  const endpoints = filled.map(({ group, instances }) => {
    const [region = '', zone = '', subZone = ''] = group.locality.split('/');
    return LocalityLbEndpoints.create({
      ...(group.locality !== '' && { locality: { region, zone, subZone } }),
      lbEndpoints: instances.map((instance) => buildEndpoint(instance, count)),
      loadBalancingWeight: bounded(group.weight, filled.length),
      priority: Math.min(priorities.indexOf(group.priority), MAX_PRIORITY),
    });
  });
  return { clusterName: name, endpoints };
}

/** One place that does not move: an address with a port, or the path of a socket as `unix:///path`. */
export function fixedAssignment(name: string, address: string, port: number): ClusterLoadAssignment {
  const place = address.startsWith('unix://')
    ? { pipe: { path: pathOf(address) } }
    : { socketAddress: { address, portValue: port } };
  const endpoints = [LocalityLbEndpoints.create({ lbEndpoints: [{ endpoint: { address: place } }] })];
  return { clusterName: name, endpoints };
}

function buildEndpoint(instance: Instance, count: number): LbEndpoint {
  const { family, address, port, weight, uid, network } = instance;
  const place =
    family === 'unix' ? { pipe: { path: pathOf(address) } } : { socketAddress: { address, portValue: port } };
  const istio = { ...(uid !== '' && { uid }), ...(network !== '' && { network }) };
  return LbEndpoint.create({
    endpoint: { address: place },
    ...(uid + network !== '' && { metadata: { filterMetadata: { istio } } }),
    loadBalancingWeight: bounded(weight, count),
  });
}

function placeOf({ address, port }: Instance): string {
  return `${address} ${port}`;
}

function isNew(place: string, seen: Set<string>): boolean {
  if (seen.has(place)) return false;
  seen.add(place);
  return true;
}

function isPath(address: string): boolean {
  return address !== '' && isUsablePath(pathOf(address));
}

/** The sum of some weights has to fit into 32 bits; for a ring that of all places. */
function bounded(weight: number, count: number): number {
  return Math.max(1, Math.min(Math.trunc(weight), Math.floor(MAX_WEIGHT / Math.max(1, count))));
}
