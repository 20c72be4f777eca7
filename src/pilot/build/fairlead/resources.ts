import { Cluster, Endpoints } from '../../../gen/fairlead/proxy/v1/cluster.js';
import { Settings } from '../../../gen/fairlead/proxy/v1/config.js';
import { Listener } from '../../../gen/fairlead/proxy/v1/listener.js';
import { RouteTable } from '../../../gen/fairlead/proxy/v1/route.js';
import { createResource, ownTypeUrls, type Reference, settingsTypeUrl, type XdsResource } from '../../xds/resource.js';
import { referencesOfCluster, referencesOfListener, referencesOfSettings, referencesOfTable } from './references.js';

/** Whether there is a cluster of a name: rules may lead to what no registry knows, and the proxy answers for it. */
export type IsCluster = (name: string) => boolean;

/** What the settings are called among the listeners; no listener has such a name. */
const settingsName = 'settings';

/** A cluster as it is sent. */
export function clusterResource(cluster: Cluster): XdsResource {
  return createResource('cluster', cluster.name, {
    value: Cluster.encode(cluster).finish(),
    typeUrl: ownTypeUrls.cluster,
    references: referencesOfCluster(cluster),
  });
}

/** Where a cluster runs, as it is sent. */
export function endpointsResource(endpoints: Endpoints): XdsResource {
  const value = Endpoints.encode(endpoints).finish();
  return createResource('endpoints', endpoints.cluster, { value, typeUrl: ownTypeUrls.endpoints });
}

/** A table of routes as it is sent. */
export function tableResource(table: RouteTable, isCluster: IsCluster): XdsResource {
  return createResource('route', table.name, {
    value: RouteTable.encode(table).finish(),
    typeUrl: ownTypeUrls.route,
    references: known(referencesOfTable(table), isCluster),
  });
}

/** A listener as it is sent. */
export function listenerResource(listener: Listener, isCluster: IsCluster): XdsResource {
  return createResource('listener', listener.name, {
    value: Listener.encode(listener).finish(),
    typeUrl: ownTypeUrls.listener,
    references: known(referencesOfListener(listener), isCluster),
  });
}

/** The settings as they are sent, one among the listeners: a filter of a listener and what it needs come together. */
export function settingsResource(settings: Settings, isCluster: IsCluster): XdsResource {
  return createResource('listener', settingsName, {
    value: Settings.encode(settings).finish(),
    typeUrl: settingsTypeUrl,
    references: known(referencesOfSettings(settings), isCluster),
  });
}

function known(references: readonly Reference[], isCluster: IsCluster): readonly Reference[] {
  return references.filter(({ kind, name }) => kind !== 'cluster' || isCluster(name));
}
