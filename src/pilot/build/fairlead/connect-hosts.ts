import type { VirtualHost } from '../../../gen/fairlead/proxy/v1/route.js';
import { isHttp } from '../../kinds/protocols.js';
import { domainsOf } from '../../model/naming.js';
import type { Target } from '../../model/proxy-view.js';
import type { EgressScope } from '../../model/sidecar-scope.js';
import { buildServiceRoute } from './http-route.js';
import type { BuildContext } from './options.js';

/**
 * The virtual hosts of the HTTP proxy for what is not HTTP: clients ask for a tunnel to `host:port`, most of them for
 * HTTPS. Names that HTTP services have are left to those.
 */
export function buildConnectHosts(
  context: BuildContext,
  scope: EgressScope,
  others: readonly VirtualHost[],
): VirtualHost[] {
  const taken = new Set(others.flatMap(({ domains }) => domains));
  return targetsOf(scope).flatMap((target) => {
    const { service, port } = target;
    const { proxy, mesh } = context.view;
    const names = domainsOf(service.hostname, {
      port: port.number,
      addresses: service.addresses,
      namespace: proxy.namespace,
      domain: mesh.domain,
    });
    const domains = names.filter((name) => name.endsWith(`:${port.number}`) && !taken.has(name));
    for (const name of domains) taken.add(name);
    if (domains.length === 0) return [];
    const route = buildServiceRoute(target, context);
    const headers = [{ name: ':method', value: { exact: 'CONNECT' } }];
    const match = { prefix: '/', ignoreCase: false, headers, queryParameters: [] };
    const name = `${service.hostname}:${port.number}`;
    return [{ name, domains, requireTls: false, routes: [{ ...route, match }] }];
  });
}

function targetsOf({ services }: EgressScope): Target[] {
  return services.flatMap((service) =>
    service.ports
      .filter(({ protocol }) => !isHttp(protocol) && protocol !== 'AUTO' && protocol !== 'UDP')
      .map((port) => ({ service, port })),
  );
}
