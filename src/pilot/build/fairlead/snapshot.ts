import type { Cluster, Endpoints } from '../../../gen/fairlead/proxy/v1/cluster.js';
import type { ProxyConfig } from '../../../gen/fairlead/proxy/v1/config.js';
import type { ProxyView } from '../../model/proxy-view.js';
import type { XdsResource } from '../../xds/resource.js';
import { createSnapshot, type Snapshot } from '../../xds/snapshot.js';
import { buildOutboundClusters, buildOwnClusters, findUpstream } from './cluster.js';
import { inboundPorts } from './inbound-port.js';
import { buildListeners } from './listener.js';
import { mixerClusters } from './mixer-transport.js';
import { type BuildContext, type BuildOptions, once } from './options.js';
import { buildSettings, createContext } from './proxy-config.js';
import { clusterResource, endpointsResource, listenerResource, settingsResource, tableResource } from './resources.js';

/** How the resources of a proxy of our own are built. */
export interface FairleadBuildOptions extends BuildOptions {
  readonly version: string;
  /** What proxies of one model may share; without it, nothing is shared. */
  readonly share?: Map<string, unknown> | undefined;
}

/** Clusters of services, and where they run. */
interface OutboundResources {
  readonly clusters: readonly XdsResource[];
  readonly endpoints: readonly XdsResource[];
}

/**
 * Builds what `buildProxyConfig` builds as resources of xDS, of types of our own: clusters, endpoints, route tables,
 * listeners, and the settings among the listeners.
 */
export function buildFairleadSnapshot(view: ProxyView, { version, share, ...options }: FairleadBuildOptions): Snapshot {
  const context = createContext(view, options, share);
  const inbound = inboundPorts(context);
  const outbound = once(context, 'clusters', () => toResources(buildOutboundClusters(context)));
  const own = buildOwnClusters(context, inbound).map(clusterResource);
  const clusters = new Map([...outbound.clusters, ...own].map((one) => [one.name, one]));
  for (const cluster of mixerClusters(context)) {
    if (!clusters.has(cluster.name)) clusters.set(cluster.name, clusterResource(cluster));
  }
  const { listeners, tables: routeTables } = buildListeners(context, inbound);
  const rest = { listeners, routeTables, ...buildSettings(context) };
  return snapshotOf(rest, version, {
    clusters: [...clusters.values()],
    endpoints: outbound.endpoints,
    shared: context.shared,
  });
}

/** The resources of a whole configuration. */
export function toFairleadSnapshot(config: ProxyConfig, version = config.version): Snapshot {
  return snapshotOf(config, version, toResources(config));
}

/** Where a cluster of a service runs now; undefined for a name that is no such cluster's. */
export function buildFairleadEndpoints(
  view: ProxyView,
  cluster: string,
  options: BuildOptions,
): XdsResource | undefined {
  const localities = findUpstream(cluster, createContext(view, options))?.localities;
  return localities && endpointsResource({ cluster, localities });
}

type Rest = Pick<ProxyConfig, 'listeners' | 'routeTables' | 'mixer' | 'traceCollector' | 'node'>;

function snapshotOf(
  config: Rest,
  version: string,
  { clusters, endpoints, shared }: OutboundResources & Pick<BuildContext, 'shared'>,
): Snapshot {
  const { listeners, routeTables, mixer, traceCollector, node } = config;
  const names = new Set(clusters.map(({ name }) => name));
  // Rules may lead to what no registry knows; the proxy has an answer to that.
  const isCluster = (name: string): boolean => names.has(name);
  return createSnapshot(version, {
    cluster: clusters,
    endpoints,
    listener: [
      ...listeners.map((one) => listenerResource(one, isCluster)),
      settingsResource({ mixer, traceCollector, node }, isCluster),
    ],
    route: routeTables.map((one) => once({ shared }, `resource of ${one.name}`, () => tableResource(one, isCluster))),
  });
}

function toResources({
  clusters,
  endpoints,
}: {
  readonly clusters: readonly Cluster[];
  readonly endpoints: readonly Endpoints[];
}): OutboundResources {
  return { clusters: clusters.map(clusterResource), endpoints: endpoints.map(endpointsResource) };
}
