import { isSubsetOf, isWildcard } from '../kinds/host-name.js';
import type { MeshConfig } from '../kinds/mesh-config.js';
import type { ServiceIndex } from './service-index.js';
import { isPublic } from './visibility.js';
import type { RoutedHosts } from './virtual-services.js';

/** A host that a VirtualService does not get, since an older one has it. */
export interface LostHost {
  readonly service: RoutedHosts;
  /** Among its hosts. */
  readonly index: number;
  readonly host: string;
  readonly owner: RoutedHosts;
  /** What the owner calls it: the same, or a wildcard. */
  readonly ownedAs: string;
}

/** Finds hosts of the mesh that two VirtualServices route where both are seen: the older one counts (mesh.md 2.1.13). */
export function findLostHosts(
  virtualServices: readonly RoutedHosts[],
  { mesh, services }: { readonly mesh: MeshConfig; readonly services: Pick<ServiceIndex, 'services' | 'withHost'> },
): readonly LostHost[] {
  const owners = new Map<string, RoutedHosts>();
  const wildcards: { readonly host: string; readonly key: string }[] = [];
  const isKnown = (host: string): boolean =>
    isWildcard(host)
      ? services.services.some(({ hostname }) => isSubsetOf(hostname, host))
      : services.withHost(host).length > 0;
  return virtualServices.flatMap((service) => {
    if (!service.gateways.includes('mesh') || service.http.length === 0) return [];
    const { namespace, spec } = service.config;
    const isShared = isPublic(spec.exportTo, mesh.defaultVirtualServiceExportTo);
    const keyOf = (host: string): string => `${namespace}/${host}`;
    return service.hosts.flatMap((host, index): LostHost[] => {
      const wider = wildcards.find((one) => {
        return (one.key === one.host || one.key === keyOf(one.host)) && isSubsetOf(host, one.host) && isKnown(host);
      });
      // Hosts that no registry knows stand beside each other, and the more special one is taken.
      const key = [host, keyOf(host), wider?.key].find((one) => one !== undefined && owners.has(one)) ?? '';
      const owner = owners.get(key);
      // The short and the full name of one service.
      if (owner === service) return [];
      if (owner !== undefined)
        return [{ service, index, host, owner, ownedAs: key === wider?.key ? wider.host : host }];
      const own = isShared ? host : keyOf(host);
      owners.set(own, service);
      if (isWildcard(host)) wildcards.push({ host, key: own });
      return [];
    });
  });
}
