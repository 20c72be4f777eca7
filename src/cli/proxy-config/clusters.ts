import { readClusterName } from './cluster-name.js';
import { fieldOf, textOf } from './fields.js';
import { type Filters, isWanted, type Listing, sortRows } from './listing.js';
import type { DumpedResource, ProxyDump } from './proxy-dump.js';

const envoyTypes = ['STATIC', 'STRICT_DNS', 'LOGICAL_DNS', 'EDS', 'ORIGINAL_DST'];
const ownTypes = ['EDS', 'STATIC', 'STRICT_DNS', 'ORIGINAL_DST'];

/** The clusters of a proxy. */
export function listClusters({ clusters }: ProxyDump, { fqdn, port, subset, direction }: Filters): Listing {
  const rows = clusters.flatMap((cluster) => {
    const parts = readClusterName(cluster.name);
    const isIn =
      isWanted(parts.fqdn, fqdn) &&
      isWanted(parts.port, port) &&
      isWanted(parts.subset, subset) &&
      isWanted(parts.direction, direction);
    if (!isIn) return [];
    const cells = [parts.fqdn, parts.port || '-', parts.subset || '-', parts.direction || '-', typeOf(cluster)];
    return [{ cells, resource: cluster.message }];
  });
  return { header: ['SERVICE FQDN', 'PORT', 'SUBSET', 'DIRECTION', 'TYPE'], rows: sortRows(rows) };
}

/** How endpoints are found, in Envoy's words. */
function typeOf({ message }: DumpedResource): string {
  const own = fieldOf(message, 'discovery');
  if (typeof own === 'number') return ownTypes[own] ?? String(own);
  const type = fieldOf(message, 'type') ?? 0;
  return typeof type === 'number' ? (envoyTypes[type] ?? String(type)) : textOf(type);
}
