import type { Analyser } from '../analyser.js';
import { destinationsOf } from '../destinations.js';

/** A folder without services: what VirtualServices refer to cannot be looked up. */
export const servicesUnknown: Analyser = {
  code: 'SERVICES_UNKNOWN',
  severity: 'info',
  name: 'services-unknown',
  find(mesh) {
    if (mesh.hasBroken(['Services', 'ServiceEntry'])) return [];
    const first = mesh.model.virtualServices.flatMap(destinationsOf).find(({ to }) => !mesh.canJudge(to.host));
    if (first === undefined) return [];
    const message = `no service such as "${first.to.host}" is known here, so that hosts are not looked up: add manifests of Services, or --kubeconfig`;
    return [{ resource: first.resource, at: `${first.at}.host`, message }];
  },
};
