import {
  type AccessLog,
  ChainMatch,
  type FilterChain,
  type HttpFilter,
  type TcpFilter,
  type Tracing,
  Tracing_Operation as Operation,
} from '../../../gen/fairlead/proxy/v1/listener.js';
import type { TcpMixer } from '../../../gen/fairlead/proxy/v1/mixer.js';
import type { WeightedCluster } from '../../../gen/fairlead/proxy/v1/route.js';
import type { DownstreamTls } from '../../../gen/fairlead/proxy/v1/tls.js';
import type { L4Destination } from '../../kinds/l4-route.js';
import { resolveDestination } from '../../model/destination-target.js';
import { sharesOf } from '../../model/http-rules.js';
import type { Service } from '../../model/service.js';
import { outboundTcpMixer } from './mixer.js';
import type { BuildContext } from './options.js';

/** A chain for what fits its match. */
export function buildChain(
  name: string,
  given: {
    readonly match?: Partial<ChainMatch>;
    readonly tls?: DownstreamTls | undefined;
    readonly http?: HttpFilter;
    readonly tcp?: TcpFilter;
  },
): FilterChain {
  const { match, tls, http, tcp } = given;
  return {
    name,
    match: match && ChainMatch.create(match),
    tls,
    ...(http === undefined ? {} : { http }),
    ...(tcp === undefined ? {} : { tcp }),
  };
}

/** A filter for HTTP, with what the mesh says of all of them. */
export function buildHttpFilter(
  context: BuildContext,
  given: Pick<HttpFilter, 'statPrefix' | 'mixer'> & Partial<HttpFilter> & { readonly operation: 'egress' | 'ingress' },
): HttpFilter {
  const { operation, ...fields } = given;
  return {
    tracing: tracing(context, operation === 'egress' ? Operation.EGRESS : Operation.INGRESS),
    accessLog: accessLog(context),
    useRemoteAddress: false,
    serverName: 'istio-envoy',
    isHttpProxy: false,
    idleTimeout: undefined,
    ...fields,
  };
}

/** A filter that sends connections to clusters. */
export function buildTcpFilter(
  context: BuildContext,
  given: {
    readonly statPrefix: string;
    readonly clusters: WeightedCluster[];
    readonly mixer: TcpMixer | undefined;
    readonly sniCluster?: boolean;
  },
): TcpFilter {
  return { sniCluster: false, accessLog: accessLog(context), idleTimeout: undefined, ...given };
}

/** A filter for connections that a rule routes. */
export function buildRoutedFilter(context: BuildContext, route: readonly L4Destination[], port: number): TcpFilter {
  const { scope } = context.view;
  const clusters = sharesOf(route).map(({ destination, weight }) => ({
    weight,
    ...resolveDestination(destination, { scope, listenerPort: port }),
  }));
  const [only] = clusters.length === 1 ? clusters : [];
  return buildTcpFilter(context, {
    statPrefix: clusters[0]?.cluster ?? '',
    clusters: clusters.map(({ cluster, weight }) => weighted(cluster, weight)),
    // Of several destinations it is not known beforehand which one it will be.
    mixer: outboundTcpMixer(context, only?.service),
  });
}

/** A filter for connections to one cluster. */
export function buildDirectFilter(context: BuildContext, cluster: string, service: Service | string): TcpFilter {
  const mixer = outboundTcpMixer(context, service);
  return buildTcpFilter(context, { statPrefix: cluster, clusters: [weighted(cluster, 100)], mixer });
}

/** A cluster with a share, of connections. */
export function weighted(name: string, weight: number): WeightedCluster {
  return { name, weight, requestHeaders: undefined, responseHeaders: undefined, mixerService: '' };
}

function tracing({ view, options }: BuildContext, operation: Operation): Tracing | undefined {
  if (!view.mesh.enableTracing) return undefined;
  const percent = Math.min(Math.max(options.traceSampling ?? 100, 0), 100);
  return { operation, sampling: { perMillion: Math.round(percent * 10_000) } };
}

function accessLog({ view }: BuildContext): AccessLog | undefined {
  const { accessLogFile: path, accessLogEncoding, accessLogFormat = '' } = view.mesh;
  return path === '' ? undefined : { path, json: accessLogEncoding === 'JSON', format: accessLogFormat };
}
