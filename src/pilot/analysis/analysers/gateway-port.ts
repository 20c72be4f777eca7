import { hasLabels } from '../../model/visibility.js';
import type { Analyser } from '../analyser.js';

/** Ports of a Gateway that the services of its workloads do not have: nobody reaches them from outside. */
export const gatewayPort: Analyser = {
  code: 'IST0104',
  severity: 'warning',
  name: 'gateway-port',
  find: ({ list, model: { services } }) =>
    list('Gateway').flatMap(({ spec: { selector, servers }, resource }) => {
      const before = services.services.flatMap((service) => {
        const chosen = services.instances(service).filter(({ labels }) => hasLabels(labels, selector));
        return chosen.length === 0
          ? []
          : [...service.ports.map(({ number }) => number), ...chosen.map((one) => one.port)];
      });
      const ports = new Set(before.filter((port) => port > 0));
      if (ports.size === 0) return [];
      return servers.flatMap(({ port }, index) => {
        if (port === undefined || ports.has(port.number)) return [];
        const message = `no service of the selected workloads has port ${port.number}, only ${[...ports].sort((a, b) => a - b).join(', ')}`;
        return [{ resource, at: `spec.servers[${index}].port.number`, message }];
      });
    }),
};
