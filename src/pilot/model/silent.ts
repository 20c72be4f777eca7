import type { Resource } from '../../config/index.js';
import type { Diagnostic } from '../../util/diagnostics.js';
import { diagnose } from '../kinds/decode-config.js';
import type { MeshConfig } from '../kinds/mesh-config.js';
import { fileRegistry } from '../registry/registry.js';
import type { Configs } from './configs.js';
import { findLostHosts } from './lost-hosts.js';
import type { ServiceIndex } from './service-index.js';
import { isPublic } from './visibility.js';
import type { RoutedHosts } from './virtual-services.js';

/** What is looked through. */
interface Subject {
  readonly configs: Configs;
  readonly virtualServices: readonly RoutedHosts[];
  readonly services: Pick<ServiceIndex, 'services' | 'withHost'>;
  readonly mesh: MeshConfig;
}

/** Warnings about resources that are sound and yet have no effect, because of others or for want of them. */
export function findSilent(subject: Subject): readonly Diagnostic[] {
  return [
    ...tellLostHosts(subject),
    ...findMissingGateways(subject),
    ...findSecondSidecars(subject),
    ...findLostEntries(subject),
  ];
}

function tellLostHosts({ virtualServices, mesh, services }: Subject): readonly Diagnostic[] {
  return findLostHosts(virtualServices, { mesh, services }).map(({ service, index, owner, ownedAs }) => {
    const { name, namespace } = owner.config;
    const message = `has no effect in the mesh: the older VirtualService '${name}.${namespace}' routes ${ownedAs}`;
    return warn(service.config.resource, `spec.hosts[${index}]`, message);
  });
}

function findMissingGateways({ configs, virtualServices }: Subject): readonly Diagnostic[] {
  const known = new Set(['mesh', ...configs.list('Gateway').map(({ namespace, name }) => `${namespace}/${name}`)]);
  return virtualServices.flatMap(({ gateways, config }) =>
    gateways.flatMap((gateway, index) => {
      if (known.has(gateway)) return [];
      return [warn(config.resource, `spec.gateways[${index}]`, `has no effect: there is no Gateway "${gateway}"`)];
    }),
  );
}

function findSecondSidecars({ configs }: Subject): readonly Diagnostic[] {
  const owners = new Map<string, string>();
  return configs.list('Sidecar').flatMap(({ spec, namespace, name, resource }) => {
    if (spec.workloadSelector !== undefined) return [];
    const owner = owners.get(namespace);
    owners.set(namespace, owner ?? name);
    if (owner === undefined) return [];
    return [warn(resource, 'metadata.name', `has no effect: Sidecar '${owner}' is that of the whole namespace`)];
  });
}

/**
 * Of a ServiceEntry and a service of another registry with its host, the registry that is named first counts within a
 * namespace, and the older one elsewhere.
 */
function findLostEntries({ configs, services, mesh }: Subject): readonly Diagnostic[] {
  return configs.list('ServiceEntry').flatMap(({ spec, namespace, resource }) => {
    const isShared = isPublic(spec.exportTo, mesh.defaultServiceExportTo);
    return spec.hosts.flatMap((host, index) => {
      const known = services.withHost(host.toLowerCase());
      const own = known.find((service) => service.namespace === namespace);
      const [oldest] = known.filter(({ exportTo }) => isPublic(exportTo, mesh.defaultServiceExportTo));
      const at = `spec.hosts[${index}]`;
      if (own !== undefined && own.registry !== fileRegistry) {
        const message = `adds no more than endpoints: the registry '${own.registry}' has a service ${host}`;
        return [warn(resource, at, message)];
      }
      if (!isShared || oldest === undefined || oldest === own || oldest.registry === fileRegistry) return [];
      const message = `has no effect in other namespaces: the service ${host} of '${oldest.namespace}' is older`;
      return [warn(resource, at, message)];
    });
  });
}

function warn(resource: Resource, at: string, message: string): Diagnostic {
  return diagnose(resource, at, { severity: 'warning', code: 'CONFIG_INVALID', message });
}
