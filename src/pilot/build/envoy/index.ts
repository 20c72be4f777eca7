import type { ProxyView } from '../../model/proxy-view.js';
import type { XdsResource } from '../../xds/resource.js';
import { layered, type ResourceMap, type Snapshot } from '../../xds/snapshot.js';
import { targetOf } from '../grpc/destinations.js';
import { buildEndpoints } from './cluster.js';
import type { BuildContext, EnvoyOptions } from './context.js';
import { usableInboundPorts } from './inbound-ports.js';
import { buildListeners } from './listener.js';
import { type EnvoyShare, outboundResources } from './outbound-resources.js';
import { buildOwnClusters } from './own-cluster.js';
import { routeResource } from './route.js';
import { routeTables } from './routes.js';
import { once } from './tell.js';

export type { EnvoyOptions } from './context.js';
export { optionsOfEnvoyNode } from './node-options.js';

/** How the resources of an Envoy are built. */
export interface EnvoyBuildOptions extends EnvoyOptions {
  readonly version: string;
  /** What this proxy had before. Envoy needs nothing to tell one from the other: it is not looked at. */
  readonly former?: Snapshot | undefined;
  /** Without it, nothing is shared with other proxies. */
  readonly share?: EnvoyShare | undefined;
}

/**
 * Builds what an Envoy gets: clusters and endpoints of all services that it knows of, its listeners and their routes.
 * Clusters, endpoints and routes are made when they are first asked for. What Envoy would refuse is left out or
 * replaced, and told of.
 */
export function buildEnvoySnapshot(
  view: ProxyView,
  { version, share, former: _former, ...options }: EnvoyBuildOptions,
): Snapshot {
  const context: BuildContext = { view, options: { ...options, onProblem: once(options.onProblem) } };
  const outbound = outboundResources(context, share);
  const own = new Map(buildOwnClusters(context, usableInboundPorts(context)).map((one) => [one.name, one]));
  const isCluster = (name: string): boolean => own.has(name) || outbound.has(name);
  const routes = outbound.alike('routes', context, () => lazyRoutes(context, isCluster));
  return Object.freeze({
    version,
    cluster: layered(own, outbound.cluster),
    endpoints: layered(new Map(), outbound.endpoints),
    listener: buildListeners(context, outbound, isCluster),
    route: layered(new Map(), routes),
  });
}

/** Routes are made when they are first asked for; names that are made up are not kept. */
function lazyRoutes(context: BuildContext, isCluster: (name: string) => boolean): ResourceMap {
  const tables = routeTables(context);
  const names = new Set(tables.names);
  const made = new Map<string, XdsResource>();
  return {
    keys: () => names,
    get(name) {
      const known = made.get(name);
      if (known !== undefined) return known;
      const routes = tables.build(name);
      const resource = routes && routeResource(routes, isCluster);
      if (resource !== undefined && names.has(name)) made.set(name, resource);
      return resource;
    },
  };
}

/** Where one cluster runs now, by its name; undefined for one that is not told of. */
export function buildEnvoyEndpoints(
  view: ProxyView,
  cluster: string,
  { share, ...options }: EnvoyOptions & Pick<EnvoyBuildOptions, 'share'> = {},
): XdsResource | undefined {
  const context: BuildContext = { view, options };
  if (share !== undefined) return outboundResources(context, share).endpoints.get(cluster);
  const target = targetOf(cluster, view);
  return target && buildEndpoints(target, context);
}
