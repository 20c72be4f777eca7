import type { TransportSocket } from '../../../gen/envoy/config/core/v3/base.js';
import type { GatewayPort, GatewayServer } from '../../model/gateways.js';
import type { L4Rule } from '../../model/l4-rules.js';
import { bound } from '../fairlead/inbound-port.js';
import { isUsable } from './address.js';
import type { Chain, ChainMatch } from './chain.js';
import { type BuildContext, leaveOut } from './context.js';
import { buildDownstreamTls } from './downstream-tls.js';
import { buildHttp } from './hcm.js';
import type { ListenerDraft } from './listener-draft.js';
import { listenerName } from './names.js';
import { serverNamesOf } from './raw-chains.js';
import { buildBySni, buildRouted } from './tcp-proxy.js';

const anyAddress = '0.0.0.0';

/** What a router listens to (mesh.md 2.3). */
export function buildGateway(context: BuildContext): ListenerDraft[] {
  const { gateway } = context.view;
  for (const { server, reason } of gateway.rejected) leaveOut(context, `a server of ${server.gateway}: ${reason}`);
  return gateway.ports.flatMap((port): ListenerDraft[] => {
    const address = context.options.gatewayAddress ?? anyAddress;
    const name = listenerName(anyAddress, port.number);
    const chains = buildChains(port, context);
    if (chains.length === 0) return [];
    const number = bound(port.number, context.options);
    return [{ name, address, port: number, isBound: true, direction: 'OUTBOUND', chains: () => chains }];
  });
}

function buildChains({ kind, servers }: GatewayPort, context: BuildContext): Chain[] {
  const [first] = servers;
  if (kind === 'tcp') return servers.flatMap((server) => rawChains(server, undefined, context));
  if (kind === 'tls') return servers.flatMap((server) => tlsChains(server, context));
  // All servers of a port in the clear share their routes.
  return first === undefined ? [] : [{ ...httpChain(first, context), match: {} }];
}

function httpChain({ routeName, gateway, protocol }: GatewayServer, context: BuildContext): Omit<Chain, 'match'> {
  const site = { side: 'gateway', protocol, statPrefix: `outbound_${routeName}`, routes: routeName } as const;
  return { name: routeName, owner: gateway, ...buildHttp(context, site) };
}

function tlsChains(server: GatewayServer, context: BuildContext): Chain[] {
  const { gateway, port, routeName } = server;
  const { tls } = server.server;
  if (tls === undefined) return [];
  if (tls.mode === 'PASSTHROUGH') return sniChains(server, context);
  const match = tlsMatch(server, context);
  if (match === undefined) return [];
  if (tls.mode === 'AUTO_PASSTHROUGH') {
    return [{ name: `${gateway} ${port.name}`, owner: gateway, match, ...buildBySni(context, `sni_${port.number}`) }];
  }
  const socket = buildDownstreamTls(tls, { isHttp: routeName !== '', owner: gateway }, context);
  if (socket === undefined) return [];
  return routeName === '' ? rawChains(server, socket, context) : [{ ...httpChain(server, context), match, socket }];
}

/** Connections that stay encrypted go where the rules for their names say. */
function sniChains(server: GatewayServer, context: BuildContext): Chain[] {
  const { gateway, port } = server;
  const { tls } = context.view.gatewayConnections(server);
  if (tls.length === 0) leaveOut(context, `no VirtualService routes port ${port.number} of ${gateway}`);
  return tls.flatMap((rule) => {
    const serverNames = serverNamesOf(rule.sniHosts, gateway, context);
    return serverNames === undefined ? [] : routed(rule, { transport: 'tls', serverNames }, { server, context });
  });
}

/** Connections of which nothing is known but where they go, maybe once TLS has ended. */
function rawChains(server: GatewayServer, socket: TransportSocket | undefined, context: BuildContext): Chain[] {
  const { gateway, port } = server;
  const { tcp } = context.view.gatewayConnections(server);
  if (tcp.length === 0) leaveOut(context, `no VirtualService routes port ${port.number} of ${gateway}`);
  const match = socket === undefined ? {} : tlsMatch(server, context);
  if (match === undefined) return [];
  return tcp.flatMap((rule) => routed(rule, match, { server, context }).map((chain) => ({ ...chain, socket })));
}

function routed(
  { subnets, route }: L4Rule,
  match: ChainMatch,
  { server, context }: { readonly server: GatewayServer; readonly context: BuildContext },
): Chain[] {
  const { number } = server.port;
  const usable = subnets.filter((subnet) => isUsable(subnet, context));
  if (subnets.length > 0 && usable.length === 0) return [];
  const name = listenerName(match.serverNames?.join() || (usable[0] ?? anyAddress), number);
  const owner = server.gateway;
  return [{ name, owner, match: { ...match, subnets: usable }, ...buildRouted(context, route, number) }];
}

/** By name of the server, as far as its hosts are names; undefined where Envoy knows none of them. */
function tlsMatch({ hosts, gateway }: GatewayServer, context: BuildContext): ChainMatch | undefined {
  const names = [...new Set(hosts.map(({ host }) => host))];
  const serverNames = serverNamesOf(names, gateway, context);
  return serverNames && { transport: 'tls', serverNames };
}
