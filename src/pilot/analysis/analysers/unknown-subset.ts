import { isSubsetOf } from '../../kinds/host-name.js';
import { expandHost } from '../../model/expand.js';
import { isVisible } from '../../model/visibility.js';
import type { Analyser } from '../analyser.js';
import { destinationsOf } from '../destinations.js';

/** Subsets that a VirtualService sends traffic to and that no DestinationRule has. */
export const unknownSubset: Analyser = {
  code: 'IST0101',
  severity: 'error',
  name: 'unknown-subset',
  find(mesh) {
    if (mesh.hasBroken(['DestinationRule'])) return [];
    const { domain, defaultDestinationRuleExportTo: fallback } = mesh.model.mesh;
    const rules = mesh.list('DestinationRule').map(({ spec, namespace }) => ({
      ...{ namespace, exportTo: spec.exportTo, subsets: spec.subsets.map(({ name }) => name) },
      host: expandHost(spec.host, { namespace, domain }),
    }));
    return mesh.model.virtualServices.flatMap(destinationsOf).flatMap(({ resource, namespace, at, to }) => {
      if (to.subset === '') return [];
      const fitting = rules.filter((rule) => isSubsetOf(to.host, rule.host) && isVisible(rule, namespace, fallback));
      if (fitting.some(({ subsets }) => subsets.includes(to.subset))) return [];
      // Rules may be where the services are.
      if (fitting.length === 0 && mesh.servicesOf(to.host, namespace).length === 0) return [];
      return [{ resource, at: `${at}.subset`, message: `no DestinationRule gives ${to.host} a subset "${to.subset}"` }];
    });
  },
};
