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
  /** The build that each name came with; only of those that were not in the first one. */
  readonly incarnations: ReadonlyMap<string, number>;
  /** How many builds there were before. */
  readonly generation: number;
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
  const generation = former === undefined ? 0 : former.generation + 1;
  const incarnations = findIncarnations(former, names, generation);
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
    generation,
    cluster: ofCluster(buildCluster),
    endpoints: ofCluster(buildClusterEndpoints),
    listener: ofTarget((name, host) => buildListener(name, context.incarnation(host.name))),
    route: ofTarget((name, host) => buildRoutes(name, host, context)),
  });
}

// A service has some short names, too. Those below a wildcard are without number, and clients make them up.
const SHORT_NAMES = 8;
const MAX_MADE_UP = 1000;

function lazy(keys: readonly string[], make: (name: string) => XdsResource | undefined): ResourceMap {
  const made = new Map<string, XdsResource>();
  const limit = keys.length * SHORT_NAMES + MAX_MADE_UP;
  return {
    keys: () => keys,
    get(name) {
      const known = made.get(name);
      if (known !== undefined) return known;
      const resource = make(name);
      if (resource !== undefined && made.size < limit) made.set(name, resource);
      return resource;
    },
  };
}

/** A name that was gone is another one when it is back, though nobody remembers those that are gone. */
function findIncarnations(
  former: GrpcSnapshot | undefined,
  names: ReadonlySet<string>,
  generation: number,
): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  if (former === undefined) return found;
  for (const name of names) {
    const incarnation = former.names.has(name) ? former.incarnations.get(name) : generation;
    if (incarnation !== undefined) found.set(name, incarnation);
  }
  return found;
}
