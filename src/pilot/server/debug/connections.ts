import type { ResourceKind } from '../../xds/resource.js';
import type { KindStatus } from '../../xds/status.js';
import type { Pilot } from '../types.js';
import type { ViewUser } from '../views.js';
import { type DumpedResource, decodeResource } from './config-dump.js';

/** A stream of `/debug/adsz`. */
export interface AdsConnection {
  readonly connectionId: string;
  readonly proxy: string;
  readonly node: string;
  readonly flavour: string;
  readonly protocol: 'sotw' | 'delta';
  /** RFC 3339. */
  readonly connectedAt: string;
  readonly namespace: string;
  readonly addresses: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly locality: string;
  /** What it subscribes to: versions of pushes, and how many resources it has. */
  readonly watches: readonly KindStatus[];
}

/** `/debug/adsz` */
export interface AdsConnections {
  readonly version: string;
  readonly totalClients: number;
  readonly clients: readonly AdsConnection[];
}

/** All streams that there are. */
export function readAdsz({ xds, clients, lastPush }: Pilot): AdsConnections {
  const connections = xds.proxies().map(({ id, stream, protocol, connectedAt, kinds }): AdsConnection => {
    const common = { connectionId: stream, node: id, protocol, connectedAt: new Date(connectedAt).toISOString() };
    return { ...common, ...describe(clients.get(id), id), watches: kinds };
  });
  return { version: lastPush.version, totalClients: connections.length, clients: connections };
}

function describe(user: ViewUser | undefined, id: string) {
  if (user === undefined) return { proxy: id, flavour: '', namespace: '', addresses: [], labels: {}, locality: '' };
  const { flavour, proxy } = user;
  const { namespace, ips: addresses, labels, locality } = proxy;
  return { proxy: proxy.id, flavour, namespace, addresses, labels: Object.fromEntries(labels), locality };
}

/** A proxy of `/debug/cdsz` or `/debug/edsz`. */
export interface ProxyResources {
  readonly proxy: string;
  readonly resources: readonly DumpedResource[];
}

/** The resources of one kind that connected proxies are to have; of one proxy when its name is given. */
export function readResources(pilot: Pilot, kind: ResourceKind, id: string | null): readonly ProxyResources[] {
  const users = pilot.clients.all().filter(({ proxy, node }) => id === null || proxy.id === id || node.id === id);
  return users.map((user) => {
    const map = pilot.snapshotOf(user)[kind];
    const resources = [...map.keys()].sort().flatMap((name) => map.get(name) ?? []);
    return { proxy: user.proxy.id, resources: resources.map(decodeResource) };
  });
}
