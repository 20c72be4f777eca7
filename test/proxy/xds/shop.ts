import { Cluster_Discovery as Discovery } from '../../../src/gen/fairlead/proxy/v1/cluster.js';
import { type DeepPartial, ProxyConfig } from '../../../src/gen/fairlead/proxy/v1/config.js';

export interface ShopOptions {
  readonly clusters?: readonly string[];
  /** Where all clusters run. */
  readonly ports?: readonly number[];
  /** The cluster that requests are sent to. */
  readonly to?: string;
  readonly listeners?: readonly { readonly name: string; readonly port?: number }[];
}

/** A listener with a table of routes that lead to one of a few clusters. */
export function shop(given: ShopOptions = {}): ProxyConfig {
  const { clusters = ['a'], ports = [9], to = 'a', listeners = [{ name: 'in' }] } = given;
  const part: DeepPartial<ProxyConfig> = {
    clusters: clusters.map((name) => ({ name, discovery: Discovery.ENDPOINTS })),
    endpoints: clusters.map((cluster) => ({
      cluster,
      localities: [{ weight: 1, endpoints: ports.map((port) => ({ address: '127.0.0.1', port, weight: 1 })) }],
    })),
    routeTables: [tableTo(to)],
    listeners: listeners.map(({ name, port = 0 }) => ({
      ...{ name, port, address: '127.0.0.1' },
      chains: [{ name: 'http', http: { statPrefix: name, routeTable: 't' } }],
    })),
    node: { id: 'sidecar~1~a.default~d' },
  };
  return ProxyConfig.fromPartial(part);
}

function tableTo(cluster: string): NonNullable<DeepPartial<ProxyConfig>['routeTables']>[number] {
  const routes = [{ name: 'r', forward: { clusters: [{ name: cluster, weight: 1 }] } }];
  return { name: 't', virtualHosts: [{ name: 'all', domains: ['*'], routes }] };
}
