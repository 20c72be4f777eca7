import { isIP } from 'node:net';
import { ClusterLoadAssignment } from '../../../gen/envoy/config/endpoint/v3/endpoint.js';
import { LbEndpoint, type LocalityLbEndpoints } from '../../../gen/envoy/config/endpoint/v3/endpoint_components.js';
import type { LocalityGroup } from '../../model/localities.js';
import type { Instance } from '../../model/service.js';
import { createResource, type XdsResource } from '../../xds/resource.js';

const MAX_WEIGHT = 0xffff_ffff;

/** Where a cluster runs, as a client takes it: no address twice, every locality with a weight, priorities without gaps. */
export function buildEndpoints(cluster: string, groups: readonly LocalityGroup[]): XdsResource {
  const seen = new Set<string>();
  const sorted = groups.toSorted((a, b) => a.priority - b.priority || (a.locality < b.locality ? -1 : 1));
  const filled = sorted.flatMap((group) => {
    const lbEndpoints = group.instances
      .filter((instance) => isUsable(instance, seen))
      .toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
      .map(buildEndpoint);
    return lbEndpoints.length === 0 ? [] : [{ group, lbEndpoints }];
  });
  const priorities = [...new Set(filled.map(({ group }) => group.priority))];
  const endpoints = filled.map(({ group, lbEndpoints }): LocalityLbEndpoints => {
    const [region = '', zone = '', subZone = ''] = group.locality.split('/');
    return {
      locality: { region, zone, subZone },
      lbEndpoints,
      loadBalancingWeight: bounded(group.weight, filled.length),
      priority: priorities.indexOf(group.priority),
    };
  });
  const value = ClusterLoadAssignment.encode({ clusterName: cluster, endpoints }).finish();
  return createResource('endpoints', cluster, { value });
}

function isUsable(instance: Instance, seen: Set<string>): boolean {
  const place = placeOf(instance);
  if (instance.family !== 'tcp' || isIP(instance.address) === 0 || seen.has(place)) return false;
  seen.add(place);
  return true;
}

function placeOf({ address, port }: Instance): string {
  return `${address} ${port}`;
}

function buildEndpoint({ address, port, weight }: Instance): LbEndpoint {
  return LbEndpoint.create({
    endpoint: { address: { socketAddress: { address, portValue: port } } },
    loadBalancingWeight: bounded(weight, 1),
  });
}

/** The sum of the weights of a priority has to fit into 32 bits. */
function bounded(weight: number, count: number): number {
  return Math.max(1, Math.min(Math.trunc(weight), Math.floor(MAX_WEIGHT / count)));
}
