import type { RouteConfiguration } from '../../../gen/envoy/config/route/v3/route.js';
import {
  HttpConnectionManager,
  HttpConnectionManager_ForwardClientCertDetails as Forward,
} from '../../../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.js';
import { fromAds } from '../grpc/listener.js';
import { buildAccessLogs } from './access-log.js';
import type { Work } from './chain.js';
import type { BuildContext } from './context.js';
import { buildHttpFilters, type FilterSite } from './http-filters.js';

/** A listener for HTTP. */
export interface HttpSite extends FilterSite {
  readonly statPrefix: string;
  /** By name, or as they are. */
  readonly routes: string | RouteConfiguration;
}

/** A filter for HTTP, with what the mesh says of all of them (mesh.md 3.3). */
export function buildHttp(context: BuildContext, site: HttpSite): Work {
  const { statPrefix, routes, side } = site;
  const manager = HttpConnectionManager.create({
    statPrefix,
    ...(typeof routes === 'string'
      ? { rds: { configSource: fromAds, routeConfigName: routes } }
      : { routeConfig: routes }),
    httpFilters: buildHttpFilters(site),
    tracing: tracing(context),
    serverName: 'istio-envoy',
    accessLog: buildAccessLogs(context),
    useRemoteAddress: side === 'gateway',
    generateRequestId: true,
    ...callerCertificate[side],
    upgradeConfigs: [{ upgradeType: 'websocket' }],
    streamIdleTimeout: { seconds: 0n, nanos: 0 },
    normalizePath: true,
  });
  const typeUrl =
    'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
  const value = Buffer.from(HttpConnectionManager.encode(manager).finish());
  return {
    filters: [{ name: 'envoy.filters.network.http_connection_manager', typedConfig: { typeUrl, value } }],
    references: typeof routes === 'string' ? [{ kind: 'route', name: routes }] : [],
  };
}

type CallerCertificate = Pick<HttpConnectionManager, 'forwardClientCertDetails' | 'setCurrentClientCertDetails'>;

/** What services are told of the caller's certificate: a gateway believes nobody, a sidecar adds who called it. */
const callerCertificate: Readonly<Record<FilterSite['side'], CallerCertificate>> = {
  outbound: { forwardClientCertDetails: Forward.SANITIZE, setCurrentClientCertDetails: undefined },
  inbound: {
    forwardClientCertDetails: Forward.APPEND_FORWARD,
    setCurrentClientCertDetails: { subject: true, cert: false, dns: true, uri: true },
  },
  gateway: {
    forwardClientCertDetails: Forward.SANITIZE_SET,
    setCurrentClientCertDetails: { subject: true, cert: true, dns: true, uri: true },
  },
};

/** Where spans go is in Envoy's own start configuration; without it there are none. */
function tracing({ view, options }: BuildContext): HttpConnectionManager['tracing'] {
  if (!view.mesh.enableTracing) return undefined;
  const value = Math.min(Math.max(options.traceSampling ?? 100, 0), 100);
  return { clientSampling: { value: 100 }, randomSampling: { value }, overallSampling: { value: 100 } };
}
