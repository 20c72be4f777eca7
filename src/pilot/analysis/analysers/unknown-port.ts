import type { Analyser } from '../analyser.js';
import { destinationsOf } from '../destinations.js';

/** Destinations with a port that their service does not have. */
export const unknownPort: Analyser = {
  code: 'IST0101',
  severity: 'error',
  name: 'unknown-port',
  find: (mesh) =>
    mesh.model.virtualServices.flatMap(destinationsOf).flatMap(({ resource, namespace, at, to: { host, port } }) => {
      const numbers = mesh.serviceOf(host, namespace)?.ports.map(({ number }) => number);
      if (port === undefined || numbers === undefined || numbers.includes(port.number)) return [];
      const message = `${host} has no port ${port.number}, only ${numbers.sort((a, b) => a - b).join(', ')}`;
      return [{ resource, at: `${at}.port.number`, message }];
    }),
};
