import { matchesHost } from '../kinds/host-name.js';
import type { Config } from '../kinds/kind.js';
import type { MeshConfig } from '../kinds/mesh-config.js';
import type { Sidecar, SidecarEgress } from '../kinds/sidecar.js';
import type { Proxy, Service } from './service.js';
import { destinationHosts, type RoutedHosts } from './virtual-services.js';
import { hasLabels } from './visibility.js';

/** A listener for what leaves a workload, and what it knows of. */
export interface EgressScope {
  /** Undefined where no Sidecar says anything: everything that is visible. */
  readonly listener: SidecarEgress | undefined;
  /** Each host once. */
  readonly services: readonly Service[];
  readonly virtualServices: readonly RoutedHosts[];
}

/** What a proxy knows of the mesh (mesh.md 2.5). */
export interface SidecarScope {
  readonly config: Config<Sidecar> | undefined;
  readonly egress: readonly EgressScope[];
  /** Of all listeners, and where their VirtualServices send traffic to; each host once. */
  readonly services: readonly Service[];
  service(hostname: string): Service | undefined;
  readonly outboundTrafficMode: 'REGISTRY_ONLY' | 'ALLOW_ANY';
}

/** What a namespace sees at all. */
export interface VisibleMesh {
  readonly namespace: string;
  readonly services: readonly Service[];
  readonly virtualServices: readonly RoutedHosts[];
  readonly mesh: MeshConfig;
}

interface Import {
  readonly namespace: string;
  readonly host: string;
}

/** The Sidecar that a proxy follows: one that selects it, else its namespace's, else the root namespace's. */
export function selectSidecar(
  sidecars: readonly Config<Sidecar>[],
  proxy: Pick<Proxy, 'namespace' | 'labels'>,
  rootNamespace: string,
): Config<Sidecar> | undefined {
  const own = sidecars.filter(({ namespace }) => namespace === proxy.namespace);
  const selecting = own.find(({ spec }) => {
    return spec.workloadSelector !== undefined && hasLabels(proxy.labels, spec.workloadSelector.labels);
  });
  const isGeneral = ({ spec }: Config<Sidecar>): boolean => spec.workloadSelector === undefined;
  return (
    selecting ??
    own.find(isGeneral) ??
    sidecars.find((config) => config.namespace === rootNamespace && isGeneral(config))
  );
}

/** Works out what proxies of a namespace that follow one Sidecar know of. */
export function createScope(config: Config<Sidecar> | undefined, seen: VisibleMesh): SidecarScope {
  const egress = config === undefined ? [everything(seen)] : config.spec.egress.map((one) => importFor(one, seen));
  const services = new Map<string, Service>();
  for (const { services: some } of egress) for (const service of some) addFirst(services, service);
  for (const { virtualServices } of egress) {
    for (const host of virtualServices.flatMap(destinationHosts)) {
      if (services.has(host)) continue;
      for (const service of pickHosts(
        seen.services.filter(({ hostname }) => hostname === host),
        seen.namespace,
      )) {
        addFirst(services, service);
      }
    }
  }
  return Object.freeze({
    config,
    egress,
    services: [...services.values()],
    service: (hostname: string) => services.get(hostname),
    outboundTrafficMode: config?.spec.outboundTrafficPolicy?.mode ?? seen.mesh.outboundTrafficPolicy.mode,
  });
}

function everything({ services, virtualServices, namespace }: VisibleMesh): EgressScope {
  return { listener: undefined, services: pickHosts(services, namespace), virtualServices };
}

function importFor(listener: SidecarEgress, { services, virtualServices, namespace }: VisibleMesh): EgressScope {
  const imports = listener.hosts.map((text) => parseImport(text, namespace));
  const isImported = (from: string, hosts: readonly string[]): boolean =>
    imports.some(
      (one) => (one.namespace === '*' || one.namespace === from) && hosts.some((h) => matchesHost(one.host, h)),
    );
  return {
    listener,
    services: pickHosts(
      services.filter((service) => isImported(service.namespace, [service.hostname])),
      namespace,
    ),
    virtualServices: virtualServices.filter(({ config, hosts }) => isImported(config.namespace, hosts)),
  };
}

function parseImport(text: string, namespace: string): Import {
  const [from = '', host = ''] = text.split('/');
  return { namespace: from === '.' ? namespace : from, host: host.toLowerCase() };
}

/** Each host once: the service of the own namespace if there is one, else the oldest. */
function pickHosts(services: readonly Service[], namespace: string): readonly Service[] {
  const picked = new Map<string, Service>();
  for (const service of services) {
    const known = picked.get(service.hostname);
    const isBetter = known === undefined || (service.namespace === namespace && known.namespace !== namespace);
    if (isBetter) picked.set(service.hostname, service);
  }
  return [...picked.values()];
}

function addFirst(services: Map<string, Service>, service: Service): void {
  if (!services.has(service.hostname)) services.set(service.hostname, service);
}
