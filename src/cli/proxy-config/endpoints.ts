import { fieldOf, listOf, pathOf, textOf } from './fields.js';
import { type Filters, isWanted, type Listed, type Listing, sortRows } from './listing.js';
import type { ProxyDump } from './proxy-dump.js';

interface Place {
  readonly address: string;
  readonly port: string;
  readonly cluster: string;
  readonly status: string;
  readonly outlier: string;
}

const header = ['ENDPOINT', 'STATUS', 'OUTLIER CHECK', 'CLUSTER'];

/** The endpoints of a proxy with their health, of its `/clusters?format=json`. */
export function listHosts(clusters: unknown, filters: Filters): Listing {
  const rows = listOf(fieldOf(clusters, 'cluster_statuses')).flatMap((one) =>
    listOf(fieldOf(one, 'host_statuses')).flatMap((host) => {
      const health = fieldOf(host, 'health_status');
      const place = {
        ...addressOf(fieldOf(host, 'address')),
        cluster: textOf(fieldOf(one, 'name')),
        status: isHealthy(health) ? 'HEALTHY' : 'UNHEALTHY',
        outlier: fieldOf(health, 'failed_outlier_check') === true ? 'FAILED' : 'OK',
      };
      return toRows(place, filters, host);
    }),
  );
  return { header, rows: sortRows(rows) };
}

/** The endpoints that Pilot has for a proxy; it does not know how they do. */
export function listEndpoints({ endpoints }: ProxyDump, filters: Filters): Listing {
  const rows = endpoints.flatMap(({ name: cluster, message }) => {
    const localities = [...listOf(fieldOf(message, 'endpoints')), ...listOf(fieldOf(message, 'localities'))];
    return localities.flatMap((locality) =>
      [...listOf(fieldOf(locality, 'lb_endpoints')), ...listOf(fieldOf(locality, 'endpoints'))].flatMap((endpoint) => {
        const address = pathOf(endpoint, 'endpoint', 'address');
        const at = address === undefined ? plainAddress(endpoint) : addressOf(address);
        return toRows({ ...at, cluster, status: '-', outlier: '-' }, filters, endpoint);
      }),
    );
  });
  return { header, rows: sortRows(rows) };
}

function toRows(place: Place, filters: Filters, resource: unknown): readonly Listed[] {
  const { address, port, cluster, status, outlier } = place;
  const isIn =
    isWanted(address, filters.address) &&
    isWanted(port, filters.port) &&
    isWanted(cluster, filters.cluster) &&
    isWanted(status, filters.status);
  const endpoint = port === '' ? address : `${address.includes(':') ? `[${address}]` : address}:${port}`;
  return isIn ? [{ cells: [endpoint, status, outlier, cluster], resource: { cluster, ...(resource as object) } }] : [];
}

function addressOf(value: unknown): Pick<Place, 'address' | 'port'> {
  const pipe = pathOf(value, 'pipe', 'path');
  if (pipe !== undefined) return { address: `unix://${textOf(pipe)}`, port: '' };
  const socket = fieldOf(value, 'socket_address');
  return { address: textOf(fieldOf(socket, 'address')), port: textOf(fieldOf(socket, 'port_value')) };
}

function plainAddress(value: unknown): Pick<Place, 'address' | 'port'> {
  const port = textOf(fieldOf(value, 'port'));
  return { address: textOf(fieldOf(value, 'address')), port: port === '0' ? '' : port };
}

function isHealthy(health: unknown): boolean {
  const eds = fieldOf(health, 'eds_health_status') ?? 'HEALTHY';
  return eds === 'HEALTHY' && fieldOf(health, 'failed_active_health_check') !== true;
}
