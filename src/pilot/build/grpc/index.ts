import type { ProxyView } from '../../model/proxy-view.js';
import type { VirtualHost } from '../../model/virtual-hosts.js';
import type { XdsResource } from '../../xds/resource.js';
import type { ResourceMap, Snapshot } from '../../xds/snapshot.js';
import { buildCluster, buildClusterEndpoints } from './cluster.js';
import { blackHoleCluster, type GrpcContext } from './context.js';
import { findUnknown, nameOf, targetOf, targetsOf } from './destinations.js';
import { grpcHosts } from './hosts.js';
import { buildListener } from './listener.js';
import { buildRoutes } from './route.js';

/** The resources of gRPC clients with one view. */
export interface GrpcSnapshot extends Snapshot {
  /** All listeners and clusters. */
  readonly names: ReadonlySet<string>;
  /** How often each name has come back after it was gone; only of those that have. */
  readonly incarnations: ReadonlyMap<string, number>;
}

export interface GrpcBuildOptions {
  readonly version: string;
  /** What clients of the view had before. */
  readonly former?: GrpcSnapshot | undefined;
  /** Hears of what is left out, and why. */
  readonly onProblem?: (message: string) => void;
}

/**
 * Builds what a gRPC client without a proxy gets: a listener for every `host:port` and its short forms, routes of the
 * same name, clusters and endpoints. Each is made when it is first asked for.
 */
export function buildGrpcSnapshot(view: ProxyView, { version, former, onProblem }: GrpcBuildOptions): GrpcSnapshot {
  const hosts = grpcHosts(view);
  const unknown = new Set([blackHoleCluster, ...findUnknown(hosts, view)]);
  const clusters = new Set([...unknown, ...targetsOf(view).map(nameOf)]);
  const names = new Set([...hosts.all.keys(), ...clusters]);
  const incarnations = countReturns(former, names);
  const context: GrpcContext = {
    view,
    incarnation: (name) => incarnations.get(name) ?? 0,
    leaveOut: (message) => onProblem?.(message),
  };
  const ofTarget = (build: (name: string, host: VirtualHost) => XdsResource): ResourceMap =>
    lazy([...hosts.all.keys()], (name) => {
      const host = hosts.find(name);
      return host && build(name, host);
    });
  const ofCluster = (build: typeof buildCluster): ResourceMap =>
    lazy([...clusters], (name) => {
      const target = targetOf(name, view);
      return target !== undefined || unknown.has(name) ? build(name, target, context) : undefined;
    });
  return Object.freeze({
    version,
    names,
    incarnations,
    cluster: ofCluster(buildCluster),
    endpoints: ofCluster(buildClusterEndpoints),
    listener: ofTarget((name, host) => buildListener(name, context.incarnation(host.name))),
    route: ofTarget((name, host) => buildRoutes(name, host, context)),
  });
}

// Names below a wildcard are without number, and clients make them up.
const MAX_KEPT = 100_000;

function lazy(keys: readonly string[], make: (name: string) => XdsResource | undefined): ResourceMap {
  const made = new Map<string, XdsResource>();
  return {
    keys: () => keys,
    get(name) {
      const known = made.get(name);
      if (known !== undefined) return known;
      const resource = make(name);
      if (resource !== undefined && made.size < MAX_KEPT) made.set(name, resource);
      return resource;
    },
  };
}

/** Counts one more for each name that is gone, so that it is another one when it is back. */
function countReturns(former: GrpcSnapshot | undefined, names: ReadonlySet<string>): ReadonlyMap<string, number> {
  const counts = new Map(former?.incarnations);
  for (const name of former?.names ?? []) if (!names.has(name)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
