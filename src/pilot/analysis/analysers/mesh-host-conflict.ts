import { isPublic } from '../../model/visibility.js';
import type { RoutedHosts } from '../../model/virtual-services.js';
import { type Analyser, quoteName } from '../analyser.js';

/** Hosts that several VirtualServices route in the mesh where both are seen: only the oldest counts (mesh.md 2.1.13). */
export const meshHostConflict: Analyser = {
  code: 'IST0109',
  severity: 'error',
  name: 'mesh-host-conflict',
  find({ model: { virtualServices, mesh } }) {
    const isShared = ({ config }: RoutedHosts): boolean =>
      isPublic(config.spec.exportTo, mesh.defaultVirtualServiceExportTo);
    const meet = (a: RoutedHosts, b: RoutedHosts): boolean =>
      a.config.namespace === b.config.namespace || (isShared(a) && isShared(b));
    const inMesh = virtualServices.filter(({ gateways, http }) => gateways.includes('mesh') && http.length > 0);
    const byHost = new Map<string, RoutedHosts[]>();
    return inMesh.flatMap((service) =>
      service.hosts.flatMap((host, index) => {
        const older = byHost.get(host) ?? [];
        byHost.set(host, [...older, service]);
        const owner = older.find((one) => one !== service && meet(one, service));
        if (owner === undefined) return [];
        const message = `${quoteName(owner.config)} is older and routes "${host}" in the mesh: this one has no effect there`;
        return [{ resource: service.config.resource, at: `spec.hosts[${index}]`, message }];
      }),
    );
  },
};
