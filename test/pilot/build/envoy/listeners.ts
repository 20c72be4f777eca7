import assert from 'node:assert/strict';
import type { TransportSocket } from '../../../../src/gen/envoy/config/core/v3/base.js';
import { Listener } from '../../../../src/gen/envoy/config/listener/v3/listener.js';
import type { FilterChain } from '../../../../src/gen/envoy/config/listener/v3/listener_components.js';
import { HttpConnectionManager } from '../../../../src/gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.js';
import { TcpProxy } from '../../../../src/gen/envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy.js';
import {
  type CommonTlsContext,
  DownstreamTlsContext,
  UpstreamTlsContext,
} from '../../../../src/gen/envoy/extensions/transport_sockets/tls/v3/tls.js';
import { Any } from '../../../../src/gen/google/protobuf/any.js';
import type { Snapshot } from '../../../../src/pilot/xds/snapshot.js';

/** A listener of a snapshot, decoded. */
export function listenerOf(snapshot: Snapshot, name: string): Listener {
  const resource = snapshot.listener.get(name);
  assert.ok(resource, `${name} is among ${[...snapshot.listener.keys()].join()}`);
  return Listener.decode(Any.decode(resource.any).value);
}

/** `what it is for => what becomes of it` of each chain, for a look at all of them. */
export function describeChains(snapshot: Snapshot, name: string): readonly string[] {
  return listenerOf(snapshot, name).filterChains.map((chain) => {
    const {
      destinationPort: port,
      prefixRanges = [],
      serverNames = [],
      transportProtocol,
    } = chain.filterChainMatch ?? {};
    const ranges = prefixRanges.map(({ addressPrefix, prefixLen }) => `${addressPrefix}/${prefixLen}`);
    const wants = [transportProtocol, port === undefined ? '' : `:${port}`, ...serverNames, ...ranges];
    const tls = chain.transportSocket === undefined ? '' : 'TLS ';
    return `${wants.filter(Boolean).join(' ') || 'all'} => ${tls}${describeWork(chain)}`;
  });
}

function describeWork(chain: FilterChain): string {
  const bySni = chain.filters.some((filter) => filter.name.endsWith('sni_cluster')) ? 'sni ' : '';
  const { typedConfig } = chain.filters.at(-1)!;
  if (!typedConfig!.typeUrl.endsWith('TcpProxy')) {
    const { rds, routeConfig } = managerOf(chain);
    return rds === undefined ? `inline ${routeConfig?.name}` : `routes ${rds.routeConfigName}`;
  }
  const { cluster, weightedClusters } = TcpProxy.decode(typedConfig!.value);
  return bySni + (cluster ?? weightedClusters?.clusters.map(({ name, weight }) => `${name}=${weight}`).join() ?? '');
}

/** The filter for HTTP of a chain. */
export function managerOf(chain: FilterChain): HttpConnectionManager {
  const { typedConfig } = chain.filters.at(-1)!;
  assert.match(typedConfig!.typeUrl, /HttpConnectionManager$/);
  return HttpConnectionManager.decode(typedConfig!.value);
}

export function downstreamTlsOf(socket: TransportSocket | undefined): DownstreamTlsContext {
  return DownstreamTlsContext.decode(socket!.typedConfig!.value);
}

/** Paths of a certificate and its key. */
export function filesOf(tls: CommonTlsContext | undefined): readonly (string | undefined)[] {
  return (tls?.tlsCertificates ?? []).flatMap(({ certificateChain, privateKey }) => [
    certificateChain?.filename,
    privateKey?.filename,
  ]);
}

export function upstreamTlsOf(socket: TransportSocket | undefined): UpstreamTlsContext {
  return UpstreamTlsContext.decode(socket!.typedConfig!.value);
}
