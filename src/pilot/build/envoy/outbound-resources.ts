import type { ProxyView, Target } from '../../model/proxy-view.js';
import type { Instance } from '../../model/service.js';
import type { XdsResource } from '../../xds/resource.js';
import { targetsOf } from '../grpc/destinations.js';
import { buildCluster, buildEndpoints, buildSniCluster } from './cluster.js';
import type { BuildContext } from './context.js';
import { outboundCluster, sniCluster } from './names.js';

/** What proxies of one model share; to be made anew with each model that is more than the one before with other instances. */
export type EnvoyShare = Map<string, unknown>;

/** Clusters of services and routes to them, made when they are first asked for, once for all proxies that see them alike. */
export interface OutboundResources {
  /** Names of clusters. */
  readonly names: readonly string[];
  has(cluster: string): boolean;
  cluster(name: string, context: BuildContext): XdsResource | undefined;
  /** Undefined for a cluster that says itself where it runs. */
  endpoints(name: string, context: BuildContext): XdsResource | undefined;
  /** What `make` answers, once for all proxies whose labels rules take for the same. */
  routes(name: string, context: BuildContext, make: () => XdsResource | undefined): XdsResource | undefined;
}

/** The resources of all proxies that see the mesh as this one does. */
export function outboundResources(context: BuildContext, share: EnvoyShare = new Map()): OutboundResources {
  const { view, options } = context;
  const { type, namespace, locality } = view.proxy;
  const sidecar = view.scope.config;
  const key = JSON.stringify([
    ...[type, namespace, sidecar?.namespace, sidecar?.name, locality],
    ...[options.certificates, hasSniRouting(view)],
  ]);
  const known = share.get(key) as OutboundResources | undefined;
  if (known !== undefined) return known;
  const made = createResources(view);
  share.set(key, made);
  return made;
}

interface Made {
  /** Of the service, when it was made. */
  readonly instances: readonly Instance[];
  readonly resource: XdsResource | undefined;
}

function createResources(view: ProxyView): OutboundResources {
  const targets = targetsOf(view);
  const byName = new Map(targets.map((target) => [outboundCluster(target), target]));
  const bySni = new Map(hasSniRouting(view) ? targets.map((target) => [sniCluster(target), target]) : []);
  const wanted = wantedLabels(view);
  const routes = new Map<string, XdsResource>();
  const cluster = keeping((target, context, name) =>
    bySni.has(name) ? buildSniCluster(target, context) : buildCluster(target, context),
  );
  const endpoints = keeping(buildEndpoints);
  return {
    names: [...byName.keys(), ...bySni.keys()],
    has: (name) => byName.has(name) || bySni.has(name),
    cluster: (name, context) => cluster(name, byName.get(name) ?? bySni.get(name), context),
    endpoints: (name, context) => endpoints(name, byName.get(name), context),
    routes(name, { view: { proxy } }, make) {
      // Gateways are chosen by any label.
      const counting = [...proxy.labels].filter((label) => proxy.type === 'router' || wanted.has(label.join('=')));
      const key = JSON.stringify([name, ...counting.sort()]);
      const known = routes.get(key);
      if (known !== undefined) return known;
      const made = make();
      if (made !== undefined) routes.set(key, made);
      return made;
    },
  };
}

/** Keeps what was made of a target for as long as its service runs where it did. */
function keeping(make: (target: Target, context: BuildContext, name: string) => XdsResource | undefined) {
  const made = new Map<string, Made>();
  return (name: string, target: Target | undefined, context: BuildContext): XdsResource | undefined => {
    if (target === undefined) return undefined;
    const instances = context.view.instances(target.service);
    const known = made.get(name);
    if (known !== undefined && isSame(known.instances, instances)) return known.resource;
    const resource = make(target, context, name);
    made.set(name, { instances, resource });
    return resource;
  };
}

function isSame(a: readonly Instance[], b: readonly Instance[]): boolean {
  return a === b || (a.length === 0 && b.length === 0);
}

/** Labels that rules ask for, as `name=value`. */
function wantedLabels({ scope }: ProxyView): ReadonlySet<string> {
  const rules = scope.egress.flatMap(({ virtualServices }) => virtualServices.flatMap(({ http }) => http));
  const labels = rules.flatMap(({ match }) => match.flatMap(({ sourceLabels }) => [...sourceLabels]));
  return new Set(labels.map((label) => label.join('=')));
}

/** Whether connections come that say by name of the server which cluster they mean. */
function hasSniRouting({ gateway }: ProxyView): boolean {
  return gateway.ports.some(({ servers }) => servers.some(({ server }) => server.tls?.mode === 'AUTO_PASSTHROUGH'));
}
