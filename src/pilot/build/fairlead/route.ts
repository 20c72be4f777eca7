import type { RouteTable, VirtualHost } from '../../../gen/fairlead/proxy/v1/route.js';
import { redirectedHosts } from '../../model/gateway-hosts.js';
import type { GatewayServer } from '../../model/gateways.js';
import { portOf } from '../../model/service.js';
import type { EgressScope } from '../../model/sidecar-scope.js';
import type { VirtualHost as ModelHost } from '../../model/virtual-hosts.js';
import { buildConnectHosts } from './connect-hosts.js';
import { buildAnswer, buildInboundRoute, buildRoute, buildServiceRoute, buildUnknownRoute } from './http-route.js';
import type { InboundPort } from './inbound-port.js';
import { mixerServiceOf } from './mixer.js';
import type { BuildContext } from './options.js';
import { sortedBy } from './order.js';

/** The routes of a sidecar's listener on a port; port 0 is the HTTP proxy (mesh.md 3.2). */
export function buildOutboundTable(
  context: BuildContext,
  { name, scope, port }: { readonly name: string; readonly scope: EgressScope; readonly port: number },
): RouteTable {
  const hosts = context.view.virtualHosts(scope, port).map((host) => buildOutboundHost(host, context));
  const tunnels = port === 0 ? buildConnectHosts(context, scope, hosts) : [];
  const sorted = sortedBy([...hosts, ...tunnels], (host) => host.name);
  const mode = context.view.scope.outboundTrafficMode;
  const unknown = buildUnknownRoute(mode);
  return { name, virtualHosts: [...sorted, virtualHost(unknown.name, { domains: ['*'], routes: [unknown] })] };
}

/** The routes to one port of the own workload. */
export function buildInboundTable({ cluster, servicePort, host, service }: InboundPort): RouteTable {
  const place = `${host}:${servicePort.number}`;
  const route = buildInboundRoute(cluster, { service: mixerServiceOf(service), place });
  const name = `inbound|http|${servicePort.number}`;
  return { name: cluster, virtualHosts: [virtualHost(name, { domains: ['*'], routes: [route] })] };
}

/** The routes of servers of a gateway that share them (mesh.md 2.3). */
export function buildGatewayTable(context: BuildContext, name: string, servers: readonly GatewayServer[]): RouteTable {
  const [{ port } = { port: { number: 0 } }] = servers;
  const { number } = port;
  // A VirtualService whose rules are all for other ports does not route here.
  const routed = context.view.gatewayHosts(servers).filter((host) => host.rules.length > 0 || host.httpsRedirect);
  const hosts = routed.map(({ hostname, domains, rules, virtualServices, httpsRedirect }) => {
    const routes = rules.map((rule) => {
      const owner = virtualServices.find(({ http }) => http.includes(rule.rule))?.config.name ?? hostname;
      return buildRoute(rule, { name: owner, port: number }, context);
    });
    return { ...virtualHost(`${hostname}:${number}`, { domains, routes }), requireTls: httpsRedirect };
  });
  const redirects = redirectedHosts(servers)
    .filter((host) => !routed.some(({ hostname }) => hostname === host))
    .map((host) => {
      const domains = host === '*' ? ['*'] : [host, `${host}:${number}`];
      return { ...virtualHost(`${host}:${number}`, { domains, routes: [] }), requireTls: true };
    });
  const all = sortedBy([...hosts, ...redirects], (host) => host.name);
  return { name, virtualHosts: all.length > 0 ? all : [blackHole(number)] };
}

function buildOutboundHost(host: ModelHost, context: BuildContext): VirtualHost {
  const { name, hostname, port: number, service, virtualService, rules } = host;
  const port = service && portOf(service, number);
  // Instances of a service without an address of its own are called by names below its own.
  const isHeadless = service?.resolution === 'PASSTHROUGH' && service.registry === 'kubernetes';
  const stars = isHeadless && !hostname.startsWith('*') ? host.domains.map((domain) => `*.${domain}`) : [];
  const routes =
    virtualService !== undefined
      ? rules.map((rule) => buildRoute(rule, { name: virtualService.config.name, port: number }, context))
      : service !== undefined && port !== undefined
        ? [buildServiceRoute({ service, port }, context)]
        : [];
  return virtualHost(name, { domains: [...host.domains, ...stars], routes });
}

function blackHole(port: number): VirtualHost {
  const name = `blackhole:${port}`;
  return virtualHost(name, { domains: ['*'], routes: [buildAnswer(name, 404)] });
}

function virtualHost(
  name: string,
  given: { readonly domains: readonly string[]; readonly routes: VirtualHost['routes'] },
): VirtualHost {
  return { name, domains: [...given.domains], requireTls: false, routes: given.routes };
}
