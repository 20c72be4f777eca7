import { expandHost } from '../../model/expand.js';
import { hasLabels } from '../../model/visibility.js';
import type { Analyser } from '../analyser.js';

/** Subsets whose labels no instance has, though the service runs somewhere: requests to them fail. */
export const emptySubset: Analyser = {
  code: 'SUBSET_EMPTY',
  severity: 'warning',
  name: 'empty-subset',
  find: (mesh) =>
    mesh.list('DestinationRule').flatMap(({ spec, namespace, resource }) => {
      const host = expandHost(spec.host, { namespace, domain: mesh.model.mesh.domain });
      const services = mesh.servicesOf(host, namespace).filter(({ resolution }) => resolution === 'LISTED');
      const places = services.flatMap((service) => mesh.model.services.instances(service));
      if (places.length === 0) return [];
      return spec.subsets.flatMap(({ name, labels }, index) => {
        if (places.some((place) => hasLabels(place.labels, labels))) return [];
        const text = Array.from(labels, ([key, value]) => `${key}=${value}`).join(',');
        const message = `the subset "${name}" is empty: no instance of ${host} has the labels ${text}`;
        return [{ resource, at: `spec.subsets[${index}].labels`, message }];
      });
    }),
};
