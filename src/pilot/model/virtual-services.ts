import type { HttpRoute } from '../kinds/http-route.js';
import type { Config } from '../kinds/kind.js';
import type { TcpRoute, TlsRoute } from '../kinds/l4-route.js';
import type { MeshConfig } from '../kinds/mesh-config.js';
import type { VirtualService } from '../kinds/virtual-service.js';
import { expandGateway, expandHost, type NameScope } from './expand.js';
import { isVisible } from './visibility.js';

/** A VirtualService with all names in full. */
export interface RoutedHosts {
  readonly config: Config<VirtualService>;
  readonly hosts: readonly string[];
  /** `mesh` and `namespace/name`. */
  readonly gateways: readonly string[];
  readonly http: readonly HttpRoute[];
  readonly tls: readonly TlsRoute[];
  readonly tcp: readonly TcpRoute[];
}

/** Completes the names in a VirtualService; gateways of matches too. */
export function resolveVirtualService(config: Config<VirtualService>, domain: string): RoutedHosts {
  const { spec, namespace } = config;
  const scope = { namespace, domain };
  const gateways = (names: readonly string[]): string[] => names.map((name) => expandGateway(name, namespace));
  const withGateways = <M extends { readonly gateways: readonly string[] }>(match: M): M => ({
    ...match,
    gateways: gateways(match.gateways),
  });
  return Object.freeze({
    config,
    hosts: spec.hosts.map((host) => expandHost(host, scope)),
    gateways: spec.gateways.length === 0 ? ['mesh'] : gateways(spec.gateways),
    http: spec.http.map((rule) => ({
      ...rule,
      match: rule.match.map(withGateways),
      route: resolveRoute(rule.route, scope),
      mirror: rule.mirror && { ...rule.mirror, host: expandHost(rule.mirror.host, scope) },
    })),
    tls: spec.tls.map((rule) => ({
      match: rule.match.map((match) => ({
        ...withGateways(match),
        sniHosts: match.sniHosts.map((host) => host.toLowerCase()),
      })),
      route: resolveRoute(rule.route, scope),
    })),
    tcp: spec.tcp.map(({ match, route }) => ({ match: match.map(withGateways), route: resolveRoute(route, scope) })),
  });
}

/** The VirtualServices that a namespace sees, in the order given. */
export function visibleVirtualServices(
  all: readonly RoutedHosts[],
  namespace: string,
  mesh: MeshConfig,
): readonly RoutedHosts[] {
  return all.filter(({ config }) =>
    isVisible(
      { namespace: config.namespace, exportTo: config.spec.exportTo },
      namespace,
      mesh.defaultVirtualServiceExportTo,
    ),
  );
}

/** All hosts that a VirtualService sends traffic to. */
export function destinationHosts({ http, tls, tcp }: RoutedHosts): readonly string[] {
  const routes = [...http, ...tls, ...tcp].flatMap(({ route }) => route.map(({ destination }) => destination.host));
  const mirrors = http.flatMap(({ mirror }) => (mirror === undefined ? [] : [mirror.host]));
  return [...new Set([...routes, ...mirrors])];
}

function resolveRoute<R extends { readonly destination: { readonly host: string } }>(
  route: readonly R[],
  scope: NameScope,
): R[] {
  return route.map((one) => ({
    ...one,
    destination: { ...one.destination, host: expandHost(one.destination.host, scope) },
  }));
}
