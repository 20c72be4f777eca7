import { RouteConfiguration } from '../../../gen/envoy/config/route/v3/route.js';
import type { VirtualHost } from '../../../gen/envoy/config/route/v3/route_components.js';
import { redirectedHosts } from '../../model/gateway-hosts.js';
import type { GatewayServer } from '../../model/gateways.js';
import { createResource, type XdsResource } from '../../xds/resource.js';
import type { InboundPort } from '../fairlead/inbound-port.js';
import { sortedBy } from '../fairlead/order.js';
import { type BuildContext, leaveOut } from './context.js';
import { buildPlainRoute, buildRoute, clustersOf } from './http-route.js';
import { defaultRoute, inboundVirtualHost } from './names.js';
import type { OutboundPort } from './outbound-ports.js';
import { buildBlackHole, buildOutboundHost, buildUnknownHost, virtualHost } from './virtual-host.js';

/** The routes of a sidecar's listener on a port; port 0 is the HTTP proxy (mesh.md 3.2). */
export function buildOutboundRoutes(
  { routeName, scope, number }: Pick<OutboundPort, 'routeName' | 'scope' | 'number'>,
  context: BuildContext,
): RouteConfiguration {
  const hosts = context.view.virtualHosts(scope, number).map((host) => buildOutboundHost(host, context));
  const unknown = buildUnknownHost(context.view.scope.outboundTrafficMode);
  return configuration(routeName, [...sortedBy(hosts, ({ name }) => name), unknown], context);
}

/** The routes to one port of the own workload; they are part of its listener (mesh.md 3.2). */
export function buildInboundRoutes(port: InboundPort, context: BuildContext): RouteConfiguration {
  const { number } = port.servicePort;
  const route = buildPlainRoute(defaultRoute, port.cluster, `${port.host}:${number}/*`);
  const host = virtualHost(inboundVirtualHost(number), { domains: ['*'], routes: [route] });
  return configuration(port.cluster, [host], context);
}

/** The routes of servers of a gateway that share them (mesh.md 2.3). Without servers it has none. */
export function buildGatewayRoutes(
  name: string,
  servers: readonly GatewayServer[],
  context: BuildContext,
): RouteConfiguration {
  const [first] = servers;
  if (first === undefined) return configuration(name, [], context);
  const { number } = first.port;
  // A VirtualService whose rules are all for other ports does not route here.
  const routed = context.view.gatewayHosts(servers).filter((host) => host.rules.length > 0 || host.httpsRedirect);
  const hosts = routed.map(({ hostname, domains, rules, virtualServices, httpsRedirect }) => {
    const routes = rules.flatMap((rule) => {
      const owner = virtualServices.find(({ http }) => http.includes(rule.rule))?.config.name ?? hostname;
      return buildRoute(rule, { name: owner, port: number }, context) ?? [];
    });
    return virtualHost(`${hostname}:${number}`, { domains, routes, isTlsOnly: httpsRedirect });
  });
  const redirects = redirectedHosts(servers)
    .filter((host) => !routed.some(({ hostname }) => hostname === host))
    .map((host) => {
      const domains = host === '*' ? ['*'] : [host, `${host}:${number}`];
      return virtualHost(`${host}:${number}`, { domains, routes: [], isTlsOnly: true });
    });
  const all = sortedBy([...hosts, ...redirects], (host) => host.name);
  return configuration(name, all.length > 0 ? all : [buildBlackHole(number)], context);
}

/** Routes as a resource that needs the clusters that there are; a route may lead to one that there is not. */
export function routeResource(routes: RouteConfiguration, isCluster: (name: string) => boolean): XdsResource {
  const clusters = new Set(routes.virtualHosts.flatMap((host) => host.routes.flatMap(clustersOf)));
  const references = [...clusters].filter(isCluster).map((name) => ({ kind: 'cluster', name }) as const);
  return createResource('route', routes.name, { value: RouteConfiguration.encode(routes).finish(), references });
}

/** A domain or a name that stands twice would make Envoy refuse all of it. */
function configuration(name: string, hosts: readonly VirtualHost[], context: BuildContext): RouteConfiguration {
  const taken = new Set<string>();
  const names = new Set<string>();
  const sound = hosts.flatMap((host) => {
    const domains = [...new Set(host.domains.map((domain) => domain.toLowerCase()))].filter((one) => !taken.has(one));
    if (domains.length === 0 || names.has(host.name)) {
      leaveOut(context, `other virtual hosts of the routes "${name}" have all domains of "${host.name}"`);
      return [];
    }
    for (const domain of domains) taken.add(domain);
    names.add(host.name);
    return [{ ...host, domains }];
  });
  const routes = RouteConfiguration.create({ name, validateClusters: false, mostSpecificHeaderMutationsWins: true });
  routes.virtualHosts = sound;
  return routes;
}
