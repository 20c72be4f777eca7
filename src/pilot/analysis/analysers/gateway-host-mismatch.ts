import type { Gateway } from '../../kinds/gateway.js';
import { matchesHost } from '../../kinds/host-name.js';
import type { Config } from '../../kinds/kind.js';
import type { RoutedHosts } from '../../model/virtual-services.js';
import { type Analyser, quoteName } from '../analyser.js';

/** VirtualServices bound to a Gateway that serves none of their hosts, or not for their namespace (mesh.md 2.3). */
export const gatewayHostMismatch: Analyser = {
  code: 'GATEWAY_HOST_MISMATCH',
  severity: 'warning',
  name: 'gateway-host-mismatch',
  find({ model, list }) {
    const gateways = new Map(list('Gateway').map((one) => [`${one.namespace}/${one.name}`, one]));
    return model.virtualServices.flatMap((service) =>
      service.gateways.flatMap((name, index) => {
        const gateway = gateways.get(name);
        if (gateway === undefined || isServed(service, gateway)) return [];
        const { resource } = service.config;
        const message = `${quoteName(gateway)} serves none of the hosts ${service.hosts.join(', ')} for this namespace`;
        return [{ resource, at: `spec.gateways[${index}]`, message }];
      }),
    );
  },
};

function isServed({ hosts, config }: RoutedHosts, { spec, namespace }: Config<Gateway>): boolean {
  return spec.servers.some((server) =>
    server.hosts.some((text) => {
      const [host = '', from = '*'] = text.toLowerCase().split('/').reverse();
      const wanted = from === '.' ? namespace : from;
      return (wanted === '*' || wanted === config.namespace) && hosts.some((one) => matchesHost(one, host));
    }),
  );
}
