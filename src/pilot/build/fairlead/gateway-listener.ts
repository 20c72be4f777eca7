import {
  ChainMatch_Transport as Transport,
  Direction,
  type FilterChain,
  type Listener,
} from '../../../gen/fairlead/proxy/v1/listener.js';
import type { RouteTable } from '../../../gen/fairlead/proxy/v1/route.js';
import type { DownstreamTls } from '../../../gen/fairlead/proxy/v1/tls.js';
import type { GatewayPort, GatewayServer } from '../../model/gateways.js';
import { buildDownstreamTls } from './downstream-tls.js';
import { buildChain, buildHttpFilter, buildRoutedFilter, buildTcpFilter } from './filter.js';
import { bound } from './inbound-port.js';
import { outboundHttpMixer, outboundTcpMixer } from './mixer.js';
import { listenerName } from './names.js';
import { type BuildContext, leaveOut, once } from './options.js';
import { buildGatewayTable } from './route.js';

/** What a router listens to, and its routes (mesh.md 2.3). */
export function buildGateway(context: BuildContext): { readonly listeners: Listener[]; readonly tables: RouteTable[] } {
  const { gateway } = context.view;
  for (const { server, reason } of gateway.rejected) leaveOut(context, `a server of ${server.gateway}: ${reason}`);
  const tables: RouteTable[] = [];
  const listeners = gateway.ports.flatMap((port) => {
    const chains = buildChains(port, tables, context);
    return chains.length === 0 ? [] : [buildListener(port.number, chains, context)];
  });
  return { listeners, tables };
}

function buildListener(port: number, chains: FilterChain[], { options }: BuildContext): Listener {
  const { gatewayAddress: address = '0.0.0.0' } = options;
  return {
    name: listenerName(address, port),
    address,
    port: bound(port, options),
    direction: Direction.GATEWAY,
    proxyProtocol: false,
    chains,
    limits: undefined,
  };
}

function buildChains({ kind, servers }: GatewayPort, tables: RouteTable[], context: BuildContext): FilterChain[] {
  if (kind === 'tcp') return servers.flatMap((server) => rawChains(server, undefined, context));
  if (kind === 'http') {
    const [first] = servers;
    return first === undefined ? [] : [httpChain({ name: first.routeName, servers }, tables, context)];
  }
  return servers.flatMap((server) => tlsChains(server, tables, context));
}

interface Routed {
  readonly name: string;
  readonly servers: readonly GatewayServer[];
  readonly tls?: DownstreamTls;
}

function httpChain({ name, servers, tls }: Routed, tables: RouteTable[], context: BuildContext): FilterChain {
  const table = once(context, `table ${name}`, () => buildGatewayTable(context, name, servers));
  tables.push(table);
  const http = buildHttpFilter(context, {
    statPrefix: `outbound_${name}`,
    routeTable: name,
    mixer: outboundHttpMixer(context, table),
    useRemoteAddress: true,
    operation: 'egress',
  });
  if (tls === undefined) return buildChain(name, { http });
  const serverNames = servers.flatMap(serverNamesOf);
  return buildChain(name, { match: { transport: Transport.TLS, serverNames }, tls, http });
}

function tlsChains(server: GatewayServer, tables: RouteTable[], context: BuildContext): FilterChain[] {
  const { tls } = server.server;
  const { gateway, routeName: name } = server;
  const serverNames = serverNamesOf(server);
  if (tls === undefined) return [];
  if (tls.mode === 'PASSTHROUGH') return sniChains(server, context);
  if (tls.mode === 'AUTO_PASSTHROUGH') {
    const statPrefix = `sni_${server.port.number}`;
    const tcp = buildTcpFilter(context, {
      statPrefix,
      clusters: [],
      sniCluster: true,
      mixer: outboundTcpMixer(context, undefined),
    });
    return [buildChain(`${gateway} ${server.port.name}`, { match: { transport: Transport.TLS, serverNames }, tcp })];
  }
  const ending = buildDownstreamTls(tls, context);
  if (ending === undefined) return [];
  return name === ''
    ? rawChains(server, ending, context)
    : [httpChain({ name, servers: [server], tls: ending }, tables, context)];
}

/** Connections that stay encrypted go where the rules for their names say. */
function sniChains(server: GatewayServer, context: BuildContext): FilterChain[] {
  const { number } = server.port;
  return context.view.gatewayConnections(server).tls.map(({ sniHosts, subnets, route }) =>
    buildChain(listenerName(sniHosts.join(), number), {
      match: { transport: Transport.TLS, serverNames: [...sniHosts], destinationSubnets: [...subnets] },
      tcp: buildRoutedFilter(context, route, number),
    }),
  );
}

/** Connections of which nothing is known but where they go, maybe once TLS has ended. */
function rawChains(server: GatewayServer, tls: DownstreamTls | undefined, context: BuildContext): FilterChain[] {
  const { number } = server.port;
  const rules = context.view.gatewayConnections(server).tcp;
  if (rules.length === 0) leaveOut(context, `no VirtualService routes port ${number} of ${server.gateway}`);
  return rules.map(({ subnets, route }) => {
    const destinationSubnets = [...subnets];
    const match =
      tls === undefined
        ? { destinationSubnets }
        : { transport: Transport.TLS, serverNames: serverNamesOf(server), destinationSubnets };
    const name = listenerName(subnets[0] ?? '0.0.0.0', number);
    return buildChain(name, { match, tls, tcp: buildRoutedFilter(context, route, number) });
  });
}

/** None for all names. */
function serverNamesOf({ hosts }: GatewayServer): string[] {
  const names = hosts.map(({ host }) => host);
  return names.includes('*') ? [] : [...new Set(names)].sort();
}
