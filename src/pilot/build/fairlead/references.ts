import { type Cluster, Cluster_Discovery as Discovery } from '../../../gen/fairlead/proxy/v1/cluster.js';
import type { Settings } from '../../../gen/fairlead/proxy/v1/config.js';
import type { Listener } from '../../../gen/fairlead/proxy/v1/listener.js';
import type { RouteTable } from '../../../gen/fairlead/proxy/v1/route.js';
import type { Reference } from '../../xds/resource.js';

/** What a cluster needs. */
export function referencesOfCluster({ name, discovery }: Cluster): Reference[] {
  return discovery === Discovery.ENDPOINTS ? [{ kind: 'endpoints', name }] : [];
}

/** What a table of routes needs. */
export function referencesOfTable({ virtualHosts }: RouteTable): Reference[] {
  const forwards = virtualHosts.flatMap(({ routes }) => routes.map(({ forward }) => forward));
  return clusters(
    forwards.flatMap((forward) => [...(forward?.clusters.map(({ name }) => name) ?? []), forward?.mirror?.cluster]),
  );
}

/** What a listener needs. */
export function referencesOfListener({ chains }: Listener): Reference[] {
  return chains.flatMap(({ http, tcp }): Reference[] => [
    ...(http?.routeTable === undefined ? [] : [{ kind: 'route' as const, name: http.routeTable }]),
    ...(http?.inline === undefined ? [] : referencesOfTable(http.inline)),
    ...clusters(tcp?.clusters.map(({ name }) => name) ?? []),
  ]);
}

/** What the settings need. */
export function referencesOfSettings({ mixer }: Settings): Reference[] {
  return clusters([mixer?.checkCluster, mixer?.reportCluster]);
}

function clusters(names: readonly (string | undefined)[]): Reference[] {
  const named = new Set(names.filter((name) => name !== undefined && name !== ''));
  return [...named].map((name) => ({ kind: 'cluster', name: name! }));
}
