import type { ProxyView, Target } from '../../model/proxy-view.js';
import type { ServiceIndex } from '../../model/service-index.js';
import type { Instance } from '../../model/service.js';
import type { XdsResource } from '../../xds/resource.js';
import type { ResourceMap } from '../../xds/snapshot.js';
import { targetsOf } from '../grpc/destinations.js';
import { buildCluster, buildEndpoints, buildSniCluster } from './cluster.js';
import type { BuildContext } from './context.js';
import { outboundCluster, sniCluster } from './names.js';

/** What proxies of one model share; to be made anew with each model that is more than the one before with other instances. */
export type EnvoyShare = Map<string, unknown>;

/** Clusters of services, made when they are first asked for, once for all proxies that see them alike. */
export interface OutboundResources {
  readonly cluster: ResourceMap;
  /** Without clusters that say themselves where they run. */
  readonly endpoints: ResourceMap;
  /** Whether there is such a cluster. */
  has(cluster: string): boolean;
  /** Makes something that depends on what the proxy sees and on labels that rules ask for, or finds it made. */
  alike<T>(key: string, context: BuildContext, make: () => T): T;
}

interface Shared extends OutboundResources {
  /** Has to be told of each context: services may run elsewhere than in the one before. */
  adopt(context: BuildContext): void;
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
  const known = share.get(key) as Shared | undefined;
  known?.adopt(context);
  const resources = known ?? createResources(context);
  share.set(key, resources);
  return resources;
}

function createResources(first: BuildContext): Shared {
  const { view } = first;
  const targets = targetsOf(view);
  const byName = new Map(targets.map((target) => [outboundCluster(target), target]));
  const bySni = new Map(hasSniRouting(view) ? targets.map((target) => [sniCluster(target), target]) : []);
  const wanted = wantedLabels(view);
  const made = new Map<string, unknown>();
  let context = first;
  const current = (): BuildContext => context;
  const names = [...byName.keys(), ...bySni.keys()];
  const endpoints = keeping(current, byName, buildEndpoints);
  const cluster = keeping(current, new Map([...byName, ...bySni]), (target, now, name) =>
    bySni.has(name) ? buildSniCluster(target, now) : buildCluster(target, now),
  );
  let discovered: readonly string[] | undefined;
  return {
    cluster: { get: cluster, keys: () => names },
    endpoints: {
      get: endpoints,
      keys: () => (discovered ??= [...byName.keys()].filter((name) => endpoints(name) !== undefined)),
    },
    has: (name) => byName.has(name) || bySni.has(name),
    alike<T>(key: string, { view: { proxy } }: BuildContext, make: () => T): T {
      // Gateways are chosen by any label.
      const counting = [...proxy.labels].filter((label) => proxy.type === 'router' || wanted.has(label.join('=')));
      const whole = JSON.stringify([key, ...counting.sort()]);
      if (!made.has(whole)) made.set(whole, make());
      return made.get(whole) as T;
    },
    adopt(next) {
      context = next;
    },
  };
}

interface Made {
  /** Of the service, when it was made. */
  readonly instances: readonly Instance[];
  readonly resource: XdsResource | undefined;
}

/** Keeps what was made of a target for as long as its service runs where it did. */
function keeping(
  current: () => BuildContext,
  targets: ReadonlyMap<string, Target>,
  make: (target: Target, context: BuildContext, name: string) => XdsResource | undefined,
) {
  const made = new Map<string, Made>();
  let index: ServiceIndex | undefined;
  const fresh = new Map<string, XdsResource | undefined>();
  const find = (name: string, context: BuildContext): XdsResource | undefined => {
    const target = targets.get(name);
    if (target === undefined) return undefined;
    const instances = context.view.instances(target.service);
    const known = made.get(name);
    if (known !== undefined && isSame(known.instances, instances)) return known.resource;
    const resource = make(target, context, name);
    made.set(name, { instances, resource });
    return resource;
  };
  return (name: string): XdsResource | undefined => {
    const context = current();
    if (index !== context.view.services) fresh.clear();
    index = context.view.services;
    const known = fresh.get(name);
    if (known !== undefined) return known;
    const resource = find(name, context);
    if (resource !== undefined) fresh.set(name, resource);
    return resource;
  };
}

function isSame(a: readonly Instance[], b: readonly Instance[]): boolean {
  return a === b || (a.length === 0 && b.length === 0);
}

/** Labels that rules ask for, as `name=value`. */
function wantedLabels({ scope }: ProxyView): ReadonlySet<string> {
  const rules = scope.egress
    .flatMap(({ virtualServices }) => virtualServices)
    .flatMap(({ http, tls, tcp }): readonly Asking[] => [...http, ...tls, ...tcp]);
  const labels = rules.flatMap(({ match }) => match.flatMap(({ sourceLabels }) => [...sourceLabels]));
  return new Set(labels.map((label) => label.join('=')));
}

interface Asking {
  readonly match: readonly { readonly sourceLabels: ReadonlyMap<string, string> }[];
}

/** Whether connections come that say by name of the server which cluster they mean. */
function hasSniRouting({ gateway }: ProxyView): boolean {
  return gateway.ports.some(({ servers }) => servers.some(({ server }) => server.tls?.mode === 'AUTO_PASSTHROUGH'));
}
