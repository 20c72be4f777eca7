import { type Cluster, Cluster_Discovery as Discovery } from '../../gen/fairlead/proxy/v1/cluster.js';
import type { Settings } from '../../gen/fairlead/proxy/v1/config.js';
import type { Listener } from '../../gen/fairlead/proxy/v1/listener.js';
import type { RouteTable } from '../../gen/fairlead/proxy/v1/route.js';
import type { Need } from './resource-kind.js';

/** What a cluster needs to be of use. */
export function needsOfCluster({ name, discovery }: Cluster): readonly Need[] {
  return discovery === Discovery.ENDPOINTS ? [{ kind: 'endpoints', name }] : [];
}

/** The clusters that routes lead to. */
export function needsOfTable({ virtualHosts }: RouteTable): readonly Need[] {
  const names: (string | undefined)[] = [];
  for (const { routes } of virtualHosts) {
    for (const { forward } of routes) {
      for (const { name } of forward?.clusters ?? []) names.push(name);
      names.push(forward?.mirror?.cluster);
    }
  }
  return clusters(names);
}

/** The tables and clusters that connections of a listener go by. */
export function needsOfListener({ chains }: Listener): readonly Need[] {
  return chains.flatMap(({ http, tcp }): readonly Need[] => {
    if (http?.routeTable !== undefined) return [{ kind: 'route', name: http.routeTable }];
    if (http?.inline !== undefined) return needsOfTable(http.inline);
    return clusters(tcp?.clusters.map(({ name }) => name) ?? []);
  });
}

/** The clusters of Mixer. */
export function needsOfSettings({ mixer }: Settings): readonly Need[] {
  return clusters([mixer?.checkCluster, mixer?.reportCluster]);
}

function clusters(names: readonly (string | undefined)[]): readonly Need[] {
  const needs: Need[] = [];
  for (const name of new Set(names)) if (name !== undefined && name !== '') needs.push({ kind: 'cluster', name });
  return needs;
}
