import { isSubsetOf } from '../kinds/host-name.js';
import type { GatewayServer } from './gateways.js';
import { httpRules, type HttpRule } from './http-rules.js';
import { type L4Rule, tcpRules, tlsRules } from './l4-rules.js';
import type { Proxy } from './service.js';
import type { RoutedHosts } from './virtual-services.js';

/** How a gateway routes requests for one host. */
export interface GatewayHost {
  readonly hostname: string;
  readonly domains: readonly string[];
  /** In the order of their VirtualServices' age, but those that always match last. */
  readonly rules: readonly HttpRule[];
  readonly virtualServices: readonly RoutedHosts[];
  /** Requests in the clear are sent to HTTPS. */
  readonly httpsRedirect: boolean;
}

/** The hosts that both a server and a VirtualService mean, if that is bound to the server's Gateway. */
function boundHosts(server: GatewayServer, { gateways, hosts, config }: RoutedHosts): readonly string[] {
  if (!gateways.includes(server.gateway)) return [];
  const served = server.hosts.filter(({ namespace }) => namespace === '*' || namespace === config.namespace);
  const shared = hosts.flatMap((host) =>
    served.flatMap((one) => (isSubsetOf(host, one.host) ? [host] : isSubsetOf(one.host, host) ? [one.host] : [])),
  );
  return [...new Set(shared)];
}

/** The virtual hosts of servers that share their routes (the plain ones of a port, or one with TLS). */
export function gatewayHosts(
  servers: readonly GatewayServer[],
  services: readonly RoutedHosts[],
  proxy: Pick<Proxy, 'labels'>,
): readonly GatewayHost[] {
  const hosts = new Map<string, { rules: HttpRule[]; virtualServices: RoutedHosts[]; httpsRedirect: boolean }>();
  for (const server of servers) {
    for (const service of services) {
      if (service.http.length === 0) continue;
      const site = { gateway: server.gateway, port: server.port.number, labels: proxy.labels };
      for (const hostname of boundHosts(server, service)) {
        const host = hosts.get(hostname) ?? { rules: [], virtualServices: [], httpsRedirect: false };
        hosts.set(hostname, host);
        host.httpsRedirect ||= server.server.tls?.httpsRedirect === true;
        const rules = httpRules(service, site);
        // Servers of several Gateways may bind one VirtualService to one host, each for other rules of it.
        const isAgain = host.virtualServices.includes(service);
        if (!isAgain) host.virtualServices.push(service);
        host.rules.push(...(isAgain ? rules.filter((rule) => !isAmong(rule, host.rules)) : rules));
      }
    }
  }
  const [port] = servers.map((server) => server.port.number);
  return [...hosts].map(([hostname, { rules, ...host }]) => ({
    hostname,
    domains: hostname === '*' ? ['*'] : [hostname, `${hostname}:${port}`],
    rules: [...rules.filter(({ match }) => match !== undefined), ...rules.filter(({ match }) => match === undefined)],
    ...host,
  }));
}

function isAmong({ rule, match }: HttpRule, rules: readonly HttpRule[]): boolean {
  return rules.some((known) => known.rule === rule && known.match === match);
}

/** The rules for the connections of a server that are not taken apart: by the name of the server, or by nothing. */
export function gatewayConnections(
  server: GatewayServer,
  services: readonly RoutedHosts[],
  proxy: Pick<Proxy, 'labels'>,
): { readonly tls: readonly L4Rule[]; readonly tcp: readonly L4Rule[] } {
  const bound = services.filter((service) => boundHosts(server, service).length > 0);
  const site = { gateway: server.gateway, port: server.port.number, labels: proxy.labels };
  const served = (sni: string): boolean =>
    server.hosts.some(({ host }) => isSubsetOf(sni, host) || isSubsetOf(host, sni));
  return {
    tls: tlsRules(bound, site).filter(({ sniHosts }) => sniHosts.some(served)),
    tcp: tcpRules(bound, site),
  };
}

/** Hosts whose plain requests are sent to HTTPS, also those without routes. */
export function redirectedHosts(servers: readonly GatewayServer[]): readonly string[] {
  const redirecting = servers.filter(({ server }) => server.tls?.httpsRedirect === true);
  const hosts = new Set(redirecting.flatMap((server) => server.hosts.map(({ host }) => host)));
  return [...hosts].filter((host) => ![...hosts].some((other) => other !== host && isSubsetOf(host, other)));
}
