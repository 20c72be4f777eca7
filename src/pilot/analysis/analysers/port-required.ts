import type { Analyser } from '../analyser.js';
import { destinationsOf } from '../destinations.js';

/** Destinations without a port, of services that have several. */
export const portRequired: Analyser = {
  code: 'IST0112',
  severity: 'error',
  name: 'port-required',
  find: (mesh) =>
    mesh.model.virtualServices.flatMap(destinationsOf).flatMap(({ resource, namespace, at, to: { host, port } }) => {
      if (port !== undefined) return [];
      const ports = mesh.servicesOf(host, namespace).flatMap((service) => service.ports.map(({ number }) => number));
      if (new Set(ports).size < 2) return [];
      const numbers = [...new Set(ports)].sort((a, b) => a - b).join(', ');
      return [{ resource, at, message: `${host} has several ports (${numbers}): the destination must say which` }];
    }),
};
