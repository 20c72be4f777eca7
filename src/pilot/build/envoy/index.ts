import type { ProxyView } from '../../model/proxy-view.js';
import type { XdsResource } from '../../xds/resource.js';
import type { ResourceMap, Snapshot } from '../../xds/snapshot.js';
import { inboundPorts } from '../fairlead/inbound-port.js';
import { targetOf } from '../grpc/destinations.js';
import { buildEndpoints } from './cluster.js';
import type { BuildContext, EnvoyOptions } from './context.js';
import { buildListeners } from './listener.js';
import { type EnvoyShare, outboundResources } from './outbound-resources.js';
import { buildOwnClusters } from './own-cluster.js';
import { routeResource } from './route.js';
import { routeTables } from './routes.js';
import { once } from './tell.js';

export type { EnvoyOptions } from './context.js';
export { optionsOfEnvoyNode } from './node-options.js';
export type { EnvoyShare } from './outbound-resources.js';

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
  const own = new Map(buildOwnClusters(context, inboundPorts(context)).map((one) => [one.name, one]));
  const isCluster = (name: string): boolean => own.has(name) || outbound.has(name);
  const tables = routeTables(context);
  const listeners = buildListeners(context).map((listener) => withoutUnknown(listener, isCluster));
  const clusters = [...new Set([...own.keys(), ...outbound.names])];
  const endpointsOf = (name: string): XdsResource | undefined => outbound.endpoints(name, context);
  const routeNames = new Set(tables.names);
  return Object.freeze({
    version,
    cluster: lazy(
      () => clusters,
      (name) => own.get(name) ?? outbound.cluster(name, context),
    ),
    endpoints: lazy(() => outbound.names.filter((name) => endpointsOf(name) !== undefined), endpointsOf),
    listener: new Map(listeners.map((one) => [one.name, one])),
    route: lazy(
      () => routeNames,
      (name) => {
        const make = (): XdsResource | undefined => {
          const routes = tables.build(name);
          return routes && routeResource(routes, isCluster);
        };
        // Names that are made up are not kept.
        return routeNames.has(name) ? outbound.routes(name, context, make) : make();
      },
    ),
  });
}

function lazy(list: () => Iterable<string>, get: ResourceMap['get']): ResourceMap {
  let keys: Iterable<string> | undefined;
  return { keys: () => (keys ??= list()), get };
}

/** A connection to a cluster that there is not just ends: the listener does not wait for one. */
function withoutUnknown(listener: XdsResource, isCluster: (name: string) => boolean): XdsResource {
  const references = listener.references.filter(({ kind, name }) => kind !== 'cluster' || isCluster(name));
  return references.length === listener.references.length ? listener : { ...listener, references };
}

/** Where one cluster runs now, by its name; undefined for one that is not told of. */
export function buildEnvoyEndpoints(view: ProxyView, cluster: string): XdsResource | undefined {
  const target = targetOf(cluster, view);
  return target && buildEndpoints(target, { view, options: {} });
}
