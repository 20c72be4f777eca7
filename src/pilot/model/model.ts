import type { Resource } from '../../config/index.js';
import { compareDiagnostics, type Diagnostic } from '../../util/diagnostics.js';
import type { MeshConfig } from '../kinds/mesh-config.js';
import type { Registry } from '../registry/registry.js';
import type { TrackedRegistry } from '../registry/tracked-registry.js';
import { indexBindings } from './bindings.js';
import { type Configs, readConfigs } from './configs.js';
import { indexDestinationRules } from './destination-rules.js';
import { findGatewayConflicts, mergeGateways } from './gateways.js';
import { meshOf } from './mesh.js';
import { createView, type ProxyView } from './proxy-view.js';
import { findSilent } from './silent.js';
import { indexServices, type ServiceIndex } from './service-index.js';
import type { Proxy } from './service.js';
import { createScope, selectSidecar, type SidecarScope, type VisibleMesh } from './sidecar-scope.js';
import { resolveVirtualService, type RoutedHosts, visibleVirtualServices } from './virtual-services.js';
import { isVisible } from './visibility.js';

/** All that is known of the mesh at one moment. Immutable: after a change another one is made. */
export interface Model {
  readonly mesh: MeshConfig;
  readonly configs: Configs;
  readonly services: ServiceIndex;
  /** The oldest first. */
  readonly virtualServices: readonly RoutedHosts[];
  /** What is wrong with resources, and what of them has no effect; by place. */
  readonly diagnostics: readonly Diagnostic[];
  /** The mesh as a proxy sees it. */
  viewFor(proxy: Proxy): ProxyView;
  /** The model after a change of nothing but where services run; `keys` as `keyOf` gives them. Cheap. */
  withInstances(keys: Iterable<string>, registry: Pick<TrackedRegistry, 'get'>): Model;
}

/** What a model is made of. */
export interface ModelSource {
  /** What the store has now, as `store.current().resources`. Kinds that Pilot does not read are passed over. */
  readonly resources: readonly Resource[];
  readonly registries: readonly Registry[];
  /** The model before this one: a resource that is broken now keeps its sound version from there. */
  readonly former?: Model | undefined;
}

/** Builds the model of a configuration and what registries know at this moment. Never throws for what users wrote. */
export function createModel({ resources, registries, former }: ModelSource): Model {
  const configs = readConfigs(resources, former?.configs);
  const { mesh, diagnostics: meshFindings } = meshOf(configs);
  const services = indexServices(registries);
  const virtualServices = configs.list('VirtualService').map((config) => resolveVirtualService(config, mesh.domain));
  const rules = indexDestinationRules(configs.list('DestinationRule'), mesh);
  const gateways = configs.list('Gateway');
  const quotas = indexBindings(configs.list('QuotaSpec'), quotaBindings(configs), mesh.domain);
  const apis = indexBindings(configs.list('HTTPAPISpec'), apiBindings(configs), mesh.domain);
  const views = createScopes({ configs, mesh, services, virtualServices });
  const diagnostics = [
    ...configs.diagnostics,
    ...meshFindings,
    ...rules.diagnostics,
    ...findGatewayConflicts(gateways),
    ...findSilent({ configs, virtualServices, services, mesh }),
    ...quotas.diagnostics,
    ...apis.diagnostics,
  ];
  const common = {
    mesh,
    configs,
    virtualServices,
    diagnostics: Object.freeze(diagnostics.sort(compareDiagnostics)),
  };
  const withServices = (index: ServiceIndex): Model =>
    Object.freeze({
      ...common,
      services: index,
      viewFor(proxy: Proxy): ProxyView {
        const { scope, seen } = views(proxy);
        const gateway = mergeGateways(proxy.type === 'router' ? gateways : [], proxy);
        const { virtualServices: visible } = seen;
        const parts = { mesh, scope, rules, gateway, virtualServices: visible, quotas, apis };
        return createView(proxy, { ...parts, services: index });
      },
      withInstances: (keys: Iterable<string>, registry: Pick<TrackedRegistry, 'get'>) =>
        withServices(index.withInstances(keys, registry)),
    });
  return withServices(services);
}

interface Scoped {
  readonly scope: SidecarScope;
  readonly seen: VisibleMesh;
}

/** Scopes are made once for all proxies of a namespace that follow the same Sidecar; routers follow none. */
function createScopes({
  configs,
  mesh,
  services,
  virtualServices,
}: Pick<Model, 'configs' | 'mesh' | 'services' | 'virtualServices'>) {
  const sidecars = configs.list('Sidecar');
  const namespaces = new Map<string, VisibleMesh>();
  const scopes = new Map<string, SidecarScope>();
  const see = (namespace: string): VisibleMesh => {
    const known = namespaces.get(namespace);
    if (known !== undefined) return known;
    const seen: VisibleMesh = {
      namespace,
      services: services.services.filter((one) => isVisible(one, namespace, mesh.defaultServiceExportTo)),
      virtualServices: visibleVirtualServices(virtualServices, namespace, mesh),
      mesh,
    };
    namespaces.set(namespace, seen);
    return seen;
  };
  return (proxy: Proxy): Scoped => {
    const seen = see(proxy.namespace);
    const sidecar = proxy.type === 'router' ? undefined : selectSidecar(sidecars, proxy, mesh.rootNamespace);
    const key = JSON.stringify([proxy.namespace, sidecar?.namespace, sidecar?.name]);
    const scope = scopes.get(key) ?? createScope(sidecar, seen);
    scopes.set(key, scope);
    return { scope, seen };
  };
}

function quotaBindings(configs: Configs) {
  return configs.list('QuotaSpecBinding').map((config) => {
    const { services, quotaSpecs: specs } = config.spec;
    return { config, field: 'quotaSpecs', services, specs };
  });
}

function apiBindings(configs: Configs) {
  return configs.list('HTTPAPISpecBinding').map((config) => {
    const { services, apiSpecs: specs } = config.spec;
    return { config, field: 'apiSpecs', services, specs };
  });
}
