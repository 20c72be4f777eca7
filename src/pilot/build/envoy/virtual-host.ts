import {
  type Route,
  VirtualHost,
  VirtualHost_TlsRequirementType as Tls,
} from '../../../gen/envoy/config/route/v3/route_components.js';
import { portOf } from '../../model/service.js';
import type { VirtualHost as ModelHost } from '../../model/virtual-hosts.js';
import type { BuildContext } from './context.js';
import { buildAnswer, buildPlainRoute, buildRoute, buildServiceRoute } from './http-route.js';
import { allowAnyVirtualHost, blackHoleVirtualHost, blockAllVirtualHost, passthroughCluster } from './names.js';

/** A virtual host, which must have domains. */
export function virtualHost(
  name: string,
  given: { readonly domains: readonly string[]; readonly routes: readonly Route[]; readonly isTlsOnly?: boolean },
): VirtualHost {
  const host = VirtualHost.create({
    name,
    domains: [...given.domains],
    requireTls: given.isTlsOnly === true ? Tls.ALL : Tls.NONE,
  });
  // As they are: a copy of each would be made otherwise.
  host.routes = [...given.routes];
  return host;
}

/** The virtual host of a service, or of a host that only a VirtualService knows. */
export function buildOutboundHost(host: ModelHost, context: BuildContext): VirtualHost {
  const { name, port: number, service, virtualService, domains } = host;
  const port = service && portOf(service, number);
  if (virtualService !== undefined) {
    const owner = { name: virtualService.config.name, port: number };
    return virtualHost(name, { domains, routes: host.rules.flatMap((rule) => buildRoute(rule, owner, context) ?? []) });
  }
  const routes = service === undefined || port === undefined ? [] : [buildServiceRoute({ service, port }, context)];
  return virtualHost(name, { domains, routes });
}

/** What becomes of requests for hosts that nobody knows: they go there all the same, or end with 502 (mesh.md 3.2). */
export function buildUnknownHost(mode: 'REGISTRY_ONLY' | 'ALLOW_ANY'): VirtualHost {
  const domains = ['*'];
  if (mode === 'REGISTRY_ONLY') {
    return virtualHost(blockAllVirtualHost, { domains, routes: [buildAnswer(blockAllVirtualHost, 502)] });
  }
  const routes = [buildPlainRoute(allowAnyVirtualHost, passthroughCluster, '')];
  return virtualHost(allowAnyVirtualHost, { domains, routes });
}

/** What a gateway without routes answers (mesh.md 2.3). */
export function buildBlackHole(port: number): VirtualHost {
  const name = blackHoleVirtualHost(port);
  return virtualHost(name, { domains: ['*'], routes: [buildAnswer(name, 404)] });
}
