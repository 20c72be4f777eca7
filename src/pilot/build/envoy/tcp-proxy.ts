import type { Filter } from '../../../gen/envoy/config/listener/v3/listener_components.js';
import { TcpProxy } from '../../../gen/envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy.js';
import type { L4Destination } from '../../kinds/l4-route.js';
import { resolveDestination } from '../../model/destination-target.js';
import { sharesOf } from '../../model/http-rules.js';
import { buildAccessLogs } from './access-log.js';
import type { Work } from './chain.js';
import type { BuildContext } from './context.js';
import { blackHoleCluster } from './names.js';

/** A filter that sends connections to one cluster. */
export function buildDirect(context: BuildContext, cluster: string): Work {
  return {
    filters: [tcpProxy(context, { statPrefix: cluster, cluster })],
    references: [{ kind: 'cluster', name: cluster }],
  };
}

/** A filter that sends connections to the cluster that they name as their server. */
export function buildBySni(context: BuildContext, statPrefix: string): Work {
  const typeUrl = 'type.googleapis.com/envoy.extensions.filters.network.sni_cluster.v3.SniCluster';
  const sni: Filter = {
    name: 'envoy.filters.network.sni_cluster',
    typedConfig: { typeUrl, value: Buffer.alloc(0) },
  };
  return {
    // The cluster of the second one never counts, but Envoy wants one.
    filters: [sni, tcpProxy(context, { statPrefix, cluster: blackHoleCluster })],
    references: [{ kind: 'cluster', name: blackHoleCluster }],
  };
}

/** A filter for connections that a rule routes. */
export function buildRouted(context: BuildContext, route: readonly L4Destination[], port: number): Work {
  const { scope } = context.view;
  const clusters = sharesOf(route).map(({ destination, weight }) => ({
    weight,
    name: resolveDestination(destination, { scope, listenerPort: port }).cluster,
  }));
  const [first, ...others] = clusters;
  if (first === undefined) return buildDirect(context, blackHoleCluster);
  const statPrefix = first.name;
  const specifier = others.length === 0 ? { cluster: first.name } : { weightedClusters: { clusters } };
  const references = clusters.map(({ name }) => ({ kind: 'cluster', name }) as const);
  return { filters: [tcpProxy(context, { statPrefix, ...specifier })], references };
}

function tcpProxy(
  context: BuildContext,
  fields: Pick<TcpProxy, 'statPrefix'> & Partial<Pick<TcpProxy, 'cluster' | 'weightedClusters'>>,
): Filter {
  const typeUrl = 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy';
  const value = TcpProxy.encode(TcpProxy.create({ ...fields, accessLog: buildAccessLogs(context) })).finish();
  return { name: 'envoy.filters.network.tcp_proxy', typedConfig: { typeUrl, value: Buffer.from(value) } };
}
