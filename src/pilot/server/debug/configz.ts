import { type Resource, specValue } from '../../../config/index.js';
import { formatDiagnostic } from '../../../util/diagnostics.js';
import { kinds } from '../../kinds/table.js';
import { resourceKinds } from '../../xds/resource.js';
import type { Pilot } from '../types.js';
import { toPlain } from './plain.js';

/** A resource of `/debug/configz`. The array ends with an empty object, as Istio's. */
export interface LiveConfig {
  /** `VirtualService` */
  readonly type: string;
  readonly group: string;
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly creationTimestamp: string;
  /** Tells apart what the resource says. */
  readonly resourceVersion: string;
  readonly file: string;
  readonly spec: unknown;
}

/** All that is in force: of a resource that is broken now, its last sound version. */
export function readConfigz({ model }: Pilot): readonly (LiveConfig | Record<string, never>)[] {
  const all = [...model.configs.live.values()].map(({ kind, resource }) => liveConfig(kind, resource));
  return [...all, {}];
}

function liveConfig(kind: string, resource: Resource): LiveConfig {
  return {
    type: kind,
    group: Object.values(kinds).find((one) => one.kind === kind)?.group ?? '',
    name: resource.name,
    namespace: resource.namespace,
    labels: Object.fromEntries(resource.labels),
    annotations: Object.fromEntries(resource.annotations),
    creationTimestamp: resource.creationTimestamp,
    resourceVersion: resource.digest,
    file: resource.file ?? '',
    spec: toPlain(specValue(resource)),
  };
}

/** `/debug/push_status`: the last push, and what is wrong. */
export interface PushStatus {
  readonly version: string;
  readonly kind: 'full' | 'endpoints';
  /** RFC 3339: when its first change was heard of, and when it began. */
  readonly since: string;
  readonly at: string;
  readonly proxies: number;
  /** What is wrong with resources, and what of them has no effect: `file:line:column: severity CODE: message`. */
  readonly diagnostics: readonly string[];
  /** What clients of some flavour cannot be told. */
  readonly problems: readonly string[];
}

/** The last push, and what is wrong. */
export function readPushStatus({ lastPush, clients, diagnostics, problems }: Pilot): PushStatus {
  const { version, kind, since, at } = lastPush;
  return {
    version,
    kind,
    since: new Date(since).toISOString(),
    at: new Date(at).toISOString(),
    proxies: clients.count,
    diagnostics: diagnostics.map(formatDiagnostic),
    problems,
  };
}

/**
 * A proxy of `/debug/config_distribution`: the version of the resource that it works by, as far as it has taken all it
 * was sent; empty while it has not, or rejects it.
 */
export interface ConfigDistribution {
  readonly proxy: string;
  readonly cluster_acked: string;
  readonly listener_acked: string;
  readonly route_acked: string;
  readonly endpoint_acked: string;
}

const keys = { cluster: 'cluster', endpoints: 'endpoint', listener: 'listener', route: 'route' } as const;

/**
 * How far a resource has got, `resource` being `VirtualService/namespace/name` (or Istio's `virtual-service/…`), on proxies
 * of a namespace or of all; undefined when there is no such resource.
 */
export function readDistribution(
  pilot: Pilot,
  resource: string,
  namespace: string | null,
): readonly ConfigDistribution[] | undefined {
  const [type = '', ...place] = resource.split('/');
  const wanted = type.replaceAll('-', '').toLowerCase();
  const live = [...pilot.model.configs.live.values()].find(
    (one) => one.kind.toLowerCase() === wanted && `${one.namespace}/${one.name}` === place.join('/'),
  );
  if (live === undefined) return undefined;
  const { digest } = live.resource;
  return pilot.xds.proxies().flatMap(({ id, kinds: statuses }) => {
    const user = pilot.clients.get(id);
    if (user === undefined || (namespace !== null && user.proxy.namespace !== namespace)) return [];
    const acked = resourceKinds.map((kind) => {
      const status = statuses.find((one) => one.kind === kind);
      const isTaken = status !== undefined && status.sent !== '' && status.sent === status.acked;
      return [`${keys[kind]}_acked`, isTaken ? digest : ''];
    });
    return [{ proxy: user.proxy.id, ...(Object.fromEntries(acked) as Omit<ConfigDistribution, 'proxy'>) }];
  });
}
