import type { Endpoint, Locality } from '../../../gen/fairlead/proxy/v1/cluster.js';
import type { LocalityGroup } from '../../model/localities.js';
import type { Instance } from '../../model/service.js';
import { compareText, sortedBy, sortedEntries } from './order.js';

/** Where a cluster's requests end, by priority and locality. */
export function buildLocalities(groups: readonly LocalityGroup[]): Locality[] {
  const sorted = groups.toSorted((a, b) => a.priority - b.priority || compareText(a.locality, b.locality));
  return sorted.map(({ locality, priority, weight, instances }) => {
    const [region = '', zone = '', subzone = ''] = locality.split('/');
    const endpoints = sortedBy(instances.map(buildEndpoint), ({ address, port }) => `${address} ${port}`);
    return { region, zone, subzone, priority, weight, endpoints };
  });
}

/** One place that does not move. */
export function fixedLocality(address: string, port: number): Locality {
  const endpoint = { address, port, weight: 1, labels: {}, uid: '' };
  return { region: '', zone: '', subzone: '', priority: 0, weight: 1, endpoints: [endpoint] };
}

function buildEndpoint({ address, family, port, weight, labels, uid }: Instance): Endpoint {
  return {
    address: family === 'unix' ? `unix://${address}` : address,
    port,
    weight,
    labels: Object.fromEntries(sortedEntries(labels)),
    uid,
  };
}
