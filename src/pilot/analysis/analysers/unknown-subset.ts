import { isSubsetOf } from '../../kinds/host-name.js';
import { expandHost } from '../../model/expand.js';
import { isVisible } from '../../model/visibility.js';
import { type Analyser, quoteName } from '../analyser.js';
import { destinationsOf } from '../destinations.js';
import { viewFrom } from '../mesh.js';

/** Subsets that a VirtualService sends traffic to and that no DestinationRule has, or not the one that counts. */
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
      const service = mesh.serviceOf(to.host, namespace);
      // Of several rules the one of the nearest namespace counts, and of that the one for the most special host.
      const counting = service && viewFrom(mesh, namespace).destinationRule(service);
      if (counting?.subsets.has(to.subset) === true) return [];
      const fitting = rules.filter((rule) => isSubsetOf(to.host, rule.host) && isVisible(rule, namespace, fallback));
      const isThere = fitting.some(({ subsets }) => subsets.includes(to.subset));
      // Rules may be where the services are.
      if (service === undefined && (isThere || fitting.length === 0)) return [];
      const [first] = counting?.configs ?? [];
      const message =
        isThere && first !== undefined
          ? `${quoteName(first)} counts for ${to.host}, and has no subset "${to.subset}"`
          : `no DestinationRule gives ${to.host} a subset "${to.subset}"`;
      return [{ resource, at: `${at}.subset`, message }];
    });
  },
};
