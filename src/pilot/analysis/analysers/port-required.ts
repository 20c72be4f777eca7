import type { Analyser } from '../analyser.js';
import { destinationsOf } from '../destinations.js';

/** Destinations without a port, of services that have several. */
export const portRequired: Analyser = {
  code: 'IST0112',
  severity: 'error',
  name: 'port-required',
  find: (mesh) =>
    mesh.model.virtualServices.flatMap(destinationsOf).flatMap(({ resource, namespace, at, to: { host, port } }) => {
      const ports = mesh.serviceOf(host, namespace)?.ports.map(({ number }) => number) ?? [];
      if (port !== undefined || ports.length < 2) return [];
      const numbers = ports.sort((a, b) => a - b).join(', ');
      return [{ resource, at, message: `${host} has several ports (${numbers}): the destination must say which` }];
    }),
};
