import { isHttp, parseProtocol } from '../../kinds/protocols.js';
import type { GatewayServer } from '../../model/gateways.js';
import type { RouteConfiguration } from '../../../gen/envoy/config/route/v3/route.js';
import type { BuildContext } from './context.js';
import { httpProxyTable } from './names.js';
import { generalScope, httpPorts, type OutboundPort, outboundPorts } from './outbound-ports.js';
import { buildGatewayRoutes, buildOutboundRoutes } from './route.js';

/** The routes of a proxy, by name. */
interface RouteTables {
  /** Those that its listeners need. */
  readonly names: readonly string[];
  /** Undefined for a name that nothing is known of. */
  build(name: string): RouteConfiguration | undefined;
}

/** The routes of a sidecar's outbound listeners, or those of a router's servers (mesh.md 3.2). */
export function routeTables(context: BuildContext): RouteTables {
  return context.view.proxy.type === 'router' ? gatewayTables(context) : outboundTables(context);
}

function outboundTables(context: BuildContext): RouteTables {
  const { view } = context;
  const proxy = { routeName: httpProxyTable, number: 0, scope: generalScope(view) };
  const ports = outboundPorts(view);
  const byName = new Map([...ports, proxy].map((port) => [port.routeName, port]));
  const http = new Map<OutboundPort['scope'], ReadonlySet<number>>();
  const isServed = ({ number, scope, listener }: OutboundPort): boolean => {
    if (listener !== undefined) return mayBeHttp(listener);
    const known = http.get(scope) ?? httpPorts(scope);
    http.set(scope, known);
    return known.has(number);
  };
  return {
    names: [...ports.filter(isServed).map(({ routeName }) => routeName), httpProxyTable],
    build(name) {
      const port = byName.get(name);
      return port && buildOutboundRoutes(port, context);
    },
  };
}

function mayBeHttp({ port }: NonNullable<OutboundPort['listener']>): boolean {
  const protocol = parseProtocol(port?.protocol ?? '') ?? 'AUTO';
  return isHttp(protocol) || protocol === 'AUTO';
}

/** A gateway gets routes for every name, maybe empty ones (mesh.md 3.5). */
function gatewayTables(context: BuildContext): RouteTables {
  const servers = new Map<string, GatewayServer[]>();
  for (const server of context.view.gateway.ports.flatMap((port) => port.servers)) {
    if (server.routeName === '') continue;
    const known = servers.get(server.routeName);
    if (known === undefined) servers.set(server.routeName, [server]);
    else known.push(server);
  }
  return {
    names: [...servers.keys()],
    build: (name) => buildGatewayRoutes(name, servers.get(name) ?? [], context),
  };
}
