import type { HttpApiSpec } from '../kinds/http-api-spec.js';
import type { Config } from '../kinds/kind.js';
import type { MeshConfig } from '../kinds/mesh-config.js';
import type { QuotaSpec } from '../kinds/quota-spec.js';
import type { SidecarIngress } from '../kinds/sidecar.js';
import type { PolicySettings } from '../kinds/traffic-policy.js';
import type { Bindings } from './bindings.js';
import type { DestinationRules, MergedRule } from './destination-rules.js';
import { gatewayConnections, type GatewayHost, gatewayHosts } from './gateway-hosts.js';
import type { GatewayServer, MergedGateway } from './gateways.js';
import { type L4Rule, tcpRules, tlsRules } from './l4-rules.js';
import { groupByLocality, type LocalityGroup } from './localities.js';
import { policyOf } from './policy.js';
import type { ServiceIndex } from './service-index.js';
import type { Instance, Proxy, Service, ServicePort } from './service.js';
import type { EgressScope, SidecarScope } from './sidecar-scope.js';
import { type VirtualHost, virtualHosts } from './virtual-hosts.js';
import { isSubsetOf } from '../kinds/host-name.js';
import { contradicts, hasLabels } from './visibility.js';
import type { RoutedHosts } from './virtual-services.js';

/** A port of a service, and maybe a subset of its instances. */
export interface Target {
  readonly service: Service;
  readonly port: ServicePort;
  /** Empty or left out for all instances. */
  readonly subset?: string;
}

/** The mesh as one proxy sees it. Cheap to make; what it answers is worked out when asked. */
export interface ProxyView {
  readonly proxy: Proxy;
  readonly mesh: MeshConfig;
  /** What it knows of: services, VirtualServices by listener, outbound policy. */
  readonly scope: SidecarScope;
  /** Services that run beside the proxy: its own. */
  readonly ownInstances: readonly { readonly service: Service; readonly instance: Instance }[];
  /** What it must listen to for its own workload; undefined where no Sidecar says so: all ports of its own instances. */
  readonly ingress: readonly SidecarIngress[] | undefined;
  /** The virtual hosts of an outbound listener; port 0 is the HTTP proxy. */
  virtualHosts(listener: EgressScope, port: number): readonly VirtualHost[];
  /** The rules for connections to a service, for TLS and for other TCP; empty: they go to the service. */
  connections(
    listener: EgressScope,
    target: Target,
  ): { readonly tls: readonly L4Rule[]; readonly tcp: readonly L4Rule[] };
  /** The DestinationRule for a service. */
  destinationRule(service: Service): MergedRule | undefined;
  /** The policy for a target: subset over rule, port over both. */
  policy(target: Target): PolicySettings;
  /** Where services run: the same object for all views of one model. */
  readonly services: ServiceIndex;
  /** All of a service, whatever port and subset. The same list as long as nothing of it has changed. */
  instances(service: Service): readonly Instance[];
  /** Where a target runs, by locality and priority. None for a subset that no rule has. */
  endpoints(target: Target): readonly LocalityGroup[];
  /** The Gateways that a router serves; nothing for a sidecar. */
  readonly gateway: MergedGateway;
  /** The virtual hosts of servers that share routes. */
  gatewayHosts(servers: readonly GatewayServer[]): readonly GatewayHost[];
  /** The rules for connections of a server of a gateway. */
  gatewayConnections(server: GatewayServer): { readonly tls: readonly L4Rule[]; readonly tcp: readonly L4Rule[] };
  quotaSpecs(service: Service): readonly Config<QuotaSpec>[];
  apiSpecs(service: Service): readonly Config<HttpApiSpec>[];
}

/** What a view is made of. */
export interface ViewParts {
  readonly mesh: MeshConfig;
  readonly scope: SidecarScope;
  readonly services: ServiceIndex;
  readonly rules: DestinationRules;
  readonly gateway: MergedGateway;
  /** All that the proxy's namespace sees. */
  readonly virtualServices: readonly RoutedHosts[];
  readonly quotas: Bindings<QuotaSpec>;
  readonly apis: Bindings<HttpApiSpec>;
}

/** Makes the view of a proxy. */
export function createView(proxy: Proxy, parts: ViewParts): ProxyView {
  const { mesh, scope, services, rules, gateway, virtualServices } = parts;
  const ingress = scope.config?.spec.ingress ?? [];
  const ruleFor = (service: Service): MergedRule | undefined => rules.ruleFor(service, proxy.namespace);
  const policy = ({ service, port, subset }: Target): PolicySettings => policyOf(ruleFor(service), port.number, subset);
  return {
    proxy,
    mesh,
    scope,
    ownInstances: findOwn(proxy, services),
    ingress: ingress.length > 0 ? ingress : undefined,
    virtualHosts: (listener, port) => virtualHosts(listener, { proxy, port, domain: mesh.domain }),
    connections(listener, { service, port }) {
      const bound = listener.virtualServices.filter(
        ({ gateways, hosts }) => gateways.includes('mesh') && hosts.some((host) => isSubsetOf(service.hostname, host)),
      );
      const site = { gateway: 'mesh', port: port.number, labels: proxy.labels };
      return { tls: tlsRules(bound, site), tcp: tcpRules(bound, site) };
    },
    destinationRule: ruleFor,
    policy,
    services,
    instances: (service) => services.instances(service),
    endpoints(target) {
      const wanted = target.subset
        ? ruleFor(target.service)?.subsets.get(target.subset)?.labels
        : new Map<string, string>();
      if (wanted === undefined) return [];
      const instances = services
        .instances(target.service)
        .filter(({ portName, labels }) => portName === target.port.name && hasLabels(labels, wanted));
      return groupByLocality(instances, {
        locality: proxy.locality,
        setting: mesh.localityLbSetting,
        hasOutlierDetection: policy(target).outlierDetection !== undefined,
      });
    },
    gateway,
    gatewayHosts: (servers) => gatewayHosts(servers, virtualServices, proxy),
    gatewayConnections: (server) => gatewayConnections(server, virtualServices, proxy),
    quotaSpecs: ({ hostname }) => parts.quotas.specsFor(hostname),
    apiSpecs: ({ hostname }) => parts.apis.specsFor(hostname),
  };
}

/**
 * What runs at the proxy's addresses. A service of another namespace that says so counts too; what has other labels
 * than the workload is another one at the same address, as on one machine.
 */
function findOwn({ ips, labels }: Proxy, services: ServiceIndex): ProxyView['ownInstances'] {
  return services.instancesAt(ips).flatMap((instance) => {
    if (contradicts(instance.labels, labels)) return [];
    const service = services.withHost(instance.hostname).find(({ namespace }) => namespace === instance.namespace);
    return service === undefined ? [] : [{ service, instance }];
  });
}
