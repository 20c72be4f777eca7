import { findLostHosts } from '../../model/lost-hosts.js';
import { type Analyser, quoteName } from '../analyser.js';

/** Hosts that several VirtualServices route in the mesh where both are seen: only the oldest counts (mesh.md 2.1.13). */
export const meshHostConflict: Analyser = {
  code: 'IST0109',
  severity: 'error',
  name: 'mesh-host-conflict',
  find: ({ model: { virtualServices, mesh, services } }) =>
    findLostHosts(virtualServices, { mesh, services }).map(({ service, index, owner, ownedAs }) => ({
      resource: service.config.resource,
      at: `spec.hosts[${index}]`,
      message: `${quoteName(owner.config)} is older and routes "${ownedAs}" in the mesh: this one has no effect there`,
    })),
};
