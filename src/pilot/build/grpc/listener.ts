import { ApiVersion } from '../../../gen/envoy/config/core/v3/config_source.js';
import { Listener } from '../../../gen/envoy/config/listener/v3/listener.js';
import { HTTPFault } from '../../../gen/envoy/extensions/filters/http/fault/v3/fault.js';
import { Router } from '../../../gen/envoy/extensions/filters/http/router/v3/router.js';
import { HttpConnectionManager } from '../../../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.js';
import { createResource, type XdsResource } from '../../xds/resource.js';
import { anyOf, faultFilter } from './any.js';

/** Comes on the same stream, in version 3. */
export const fromAds = {
  ads: {},
  initialFetchTimeout: undefined,
  resourceApiVersion: ApiVersion.V3,
} as const;

/** The listener of a channel: it listens nowhere, but says where its routes are (mesh.md 3.7). */
export function buildListener(name: string, incarnation: number): XdsResource {
  const manager = HttpConnectionManager.encode(
    HttpConnectionManager.create({
      statPrefix: name,
      rds: { configSource: fromAds, routeConfigName: name },
      httpFilters: [
        // Routes say what it does: without one of their own it does nothing.
        {
          name: faultFilter,
          typedConfig: anyOf('fault', HTTPFault.encode(HTTPFault.create()).finish()),
          isOptional: false,
        },
        {
          name: 'envoy.filters.http.router',
          typedConfig: anyOf('router', Router.encode({}).finish()),
          isOptional: false,
        },
      ],
    }),
  );
  const listener = Listener.encode(
    Listener.create({
      name,
      apiListener: { apiListener: anyOf('manager', manager.finish()) },
      // A client that was told of the end of a listener does not notice that it is back, unless it is another one.
      statPrefix: `${name} ${incarnation}`,
    }),
  );
  return createResource('listener', name, { value: listener.finish(), references: [{ kind: 'route', name }] });
}
