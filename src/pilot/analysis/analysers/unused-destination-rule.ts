import { expandHost } from '../../model/expand.js';
import type { Analyser } from '../analyser.js';

/** DestinationRules for hosts that nobody knows. */
export const unusedDestinationRule: Analyser = {
  code: 'DESTINATION_RULE_UNUSED',
  severity: 'warning',
  name: 'unused-destination-rule',
  find: (mesh) =>
    mesh.list('DestinationRule').flatMap(({ spec, namespace, resource }) => {
      const host = expandHost(spec.host, { namespace, domain: mesh.model.mesh.domain });
      if (mesh.servicesOf(host, namespace).length > 0 || !mesh.canJudge(host)) return [];
      // A wildcard may stand for all of a mesh that the folder is a part of.
      if (host.startsWith('*') && !mesh.isWhole && mesh.model.services.services.length === 0) return [];
      return [{ resource, at: 'spec.host', message: `has no effect: no service is called "${host}"` }];
    }),
};
