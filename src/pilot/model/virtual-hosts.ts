import { isSubsetOf, isWildcard } from '../kinds/host-name.js';
import { isHttp } from '../kinds/protocols.js';
import { httpRules, type HttpRule } from './http-rules.js';
import { domainsOf } from './naming.js';
import type { Proxy, Service } from './service.js';
import type { EgressScope } from './sidecar-scope.js';
import type { RoutedHosts } from './virtual-services.js';

/** How requests for one host are routed. */
export interface VirtualHost {
  /** `host:port` */
  readonly name: string;
  readonly hostname: string;
  readonly port: number;
  /** What clients may ask for: full and short names, with and without port. */
  readonly domains: readonly string[];
  /** Undefined for a host that no registry knows. */
  readonly service: Service | undefined;
  /** Undefined for a service without rules: its requests go to it. */
  readonly virtualService: RoutedHosts | undefined;
  /** Empty where there is no VirtualService. */
  readonly rules: readonly HttpRule[];
}

/** Whose requests, and on which port. */
export interface VirtualHostSite {
  readonly proxy: Pick<Proxy, 'namespace' | 'labels'>;
  /** 0 for a proxy that is asked for whole URLs: hosts on all ports. */
  readonly port: number;
  readonly domain: string;
}

/** The port that hosts of no registry are served on (mesh.md 2.1.14). */
const DEFAULT_PORT = 80;

/** What becomes a virtual host once its domains are known. */
type Claim = Omit<VirtualHost, 'domains' | 'name'>;

/**
 * The virtual hosts of a sidecar's listener for HTTP on a port, by name. The oldest VirtualService for a host owns it
 * (mesh.md 2.1.13); a domain is in one virtual host only.
 */
export function virtualHosts(scope: EgressScope, site: VirtualHostSite): readonly VirtualHost[] {
  const targets = new Map<string, readonly Claim[]>();
  for (const service of scope.services) {
    const { hostname } = service;
    const ports = httpPorts(service, site.port);
    targets.set(
      hostname,
      ports.map((port) => ({ hostname, port, service, ...unrouted })),
    );
  }
  const routed = scope.virtualServices.filter(({ gateways, http }) => gateways.includes('mesh') && http.length > 0);
  const claims = routed.flatMap((virtualService) =>
    findClaimed(virtualService, targets, site.port).flatMap((claim) => {
      const rules = httpRules(virtualService, { gateway: 'mesh', port: claim.port, labels: site.proxy.labels });
      return rules.length === 0 ? [] : [{ ...claim, virtualService, rules }];
    }),
  );
  const hosts = new Map<string, Omit<VirtualHost, 'domains'>>();
  for (const claim of [...claims, ...[...targets.values()].flat()]) {
    const name = `${claim.hostname}:${claim.port}`;
    if (!hosts.has(name)) hosts.set(name, { name, ...claim });
  }
  return withDomains([...hosts.values()], site);
}

const unrouted = { virtualService: undefined, rules: [] } as const;

/** What a VirtualService means on a port: ports of services, and its hosts that no registry knows. */
function findClaimed(
  { hosts }: RoutedHosts,
  targets: ReadonlyMap<string, readonly Claim[]>,
  port: number,
): readonly Claim[] {
  return hosts.flatMap((hostname) => {
    const known = isWildcard(hostname) ? [...targets.keys()].filter((one) => isSubsetOf(one, hostname)) : [hostname];
    const claims = known.flatMap((one) => targets.get(one) ?? []);
    if (known.some((one) => targets.has(one))) return claims;
    return port === DEFAULT_PORT || port === 0
      ? [{ hostname, port: DEFAULT_PORT, service: undefined, ...unrouted }]
      : [];
  });
}

function httpPorts({ ports }: Service, port: number): number[] {
  return ports
    .filter(({ protocol, number }) => (port === 0 || port === number) && (isHttp(protocol) || protocol === 'AUTO'))
    .map(({ number }) => number);
}

/** A short form never takes a domain that is another host's full name, nor one that an earlier host has. */
function withDomains(hosts: readonly Omit<VirtualHost, 'domains'>[], site: VirtualHostSite): readonly VirtualHost[] {
  const fullNames = new Set(hosts.map(({ hostname }) => hostname));
  const taken = new Set<string>();
  const sorted = hosts.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return sorted.flatMap((host) => {
    const { hostname, port, service } = host;
    const { domain, proxy } = site;
    const isHeadless = service?.resolution === 'PASSTHROUGH' && hostname.endsWith(`.svc.${domain}`);
    const addresses = service?.addresses ?? [];
    const options = { port, addresses, isHeadless, namespace: proxy.namespace, domain };
    const domains = domainsOf(hostname, options).filter((one) => {
      // A client of an HTTP proxy that means another port than 80 says so.
      if (site.port === 0 && port !== DEFAULT_PORT && !one.endsWith(`:${port}`)) return false;
      const name = one.replace(/:\d+$/, '');
      return !taken.has(one) && (name === hostname || !fullNames.has(name));
    });
    for (const one of domains) taken.add(one);
    return domains.length === 0 ? [] : [{ ...host, domains }];
  });
}
