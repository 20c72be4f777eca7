import { resourceKinds } from '../../xds/resource.js';
import type { KindStatus, ProxyStatus } from '../../xds/status.js';
import type { Pilot } from '../types.js';

/** One proxy of `/debug/syncz`. Versions are those of Pilot's pushes; empty for "not sent" and "never taken". */
export interface SyncStatus {
  /** The name of the proxy: `reviews-v1.default`. */
  readonly proxy: string;
  /** What the proxy runs, as far as it says. */
  readonly proxy_version: string;
  readonly istio_version: string;
  readonly cluster_sent: string;
  readonly cluster_acked: string;
  readonly listener_sent: string;
  readonly listener_acked: string;
  readonly route_sent: string;
  readonly route_acked: string;
  readonly endpoint_sent: string;
  readonly endpoint_acked: string;
  /** How many of a hundred endpoint resources that were sent are taken. */
  readonly endpoint_percent: number;
  /** From here on fairlead's own. The identifier of the node, as `proxyID` takes it too. */
  readonly node: string;
  readonly flavour: string;
  readonly protocol: 'sotw' | 'delta';
  readonly stream: string;
  /** RFC 3339. */
  readonly connected_at: string;
  /** Of the Pilot that it is connected to. */
  readonly pilot: string;
  /** By kind (`cluster`, `listener`, `route`, `endpoint`), why the proxy rejects what it was sent last. */
  readonly rejected: Readonly<Record<string, string>>;
}

/** What each connected proxy was sent, and what it has taken. */
export function readSyncz(pilot: Pilot): readonly SyncStatus[] {
  return pilot.xds.proxies().map((status) => statusOf(status, pilot));
}

type Versions = Pick<SyncStatus, `${'cluster' | 'listener' | 'route' | 'endpoint'}_${'sent' | 'acked'}`>;

const keys = { cluster: 'cluster', endpoints: 'endpoint', listener: 'listener', route: 'route' } as const;

function statusOf(status: ProxyStatus, { clients, version }: Pilot): SyncStatus {
  const user = clients.get(status.id);
  const kinds = new Map<string, KindStatus>(status.kinds.map((one) => [one.kind, one]));
  const versions = resourceKinds.flatMap((kind) => [
    [`${keys[kind]}_sent`, kinds.get(kind)?.sent ?? ''],
    [`${keys[kind]}_acked`, kinds.get(kind)?.acked ?? ''],
  ]);
  const rejected = status.kinds.flatMap(({ kind, rejected: found }) =>
    found === undefined ? [] : [[keys[kind], found.message]],
  );
  const endpoints = kinds.get('endpoints');
  const metadata = user?.node.metadata ?? {};
  return {
    proxy: user?.proxy.id ?? status.id,
    proxy_version: textOf(metadata, 'ISTIO_VERSION') || (user?.node.agent ?? ''),
    istio_version: textOf(metadata, 'ISTIO_VERSION'),
    ...(Object.fromEntries(versions) as Versions),
    endpoint_percent: endpoints !== undefined && endpoints.sent === endpoints.acked ? 100 : 0,
    node: status.id,
    flavour: user?.flavour ?? '',
    protocol: status.protocol,
    stream: status.stream,
    connected_at: new Date(status.connectedAt).toISOString(),
    pilot: version,
    rejected: Object.fromEntries(rejected) as Record<string, string>,
  };
}

function textOf(metadata: Readonly<Record<string, unknown>>, key: string): string {
  const value = Object.hasOwn(metadata, key) ? metadata[key] : undefined;
  return typeof value === 'string' ? value : '';
}
