import { isIP } from 'node:net';
import {
  Cluster,
  Cluster_Discovery as Discovery,
  type Endpoints,
  type Locality,
} from '../../../gen/fairlead/proxy/v1/cluster.js';
import { clusterName, clusterSni } from '../../model/naming.js';
import type { Target } from '../../model/proxy-view.js';
import { balancing, isHttp2, limiting, outlierDetection } from './cluster-policy.js';
import { durationOf } from './duration.js';
import { buildLocalities, fixedLocality } from './endpoint.js';
import { buildHealthCheck } from './health-check.js';
import type { InboundPort } from './inbound-port.js';
import { mixerClusters } from './mixer-transport.js';
import { blackHoleCluster, passthroughCluster } from './names.js';
import { sortedBy } from './order.js';
import type { BuildContext } from './options.js';
import { buildUpstreamTls } from './upstream-tls.js';

/** Clusters, and the endpoints of those that do not hold them. */
export interface Upstreams {
  readonly clusters: Cluster[];
  readonly endpoints: Endpoints[];
}

/** All that a proxy can send traffic to (mesh.md 2.2, 3.2). */
export function buildClusters(context: BuildContext, inbound: readonly InboundPort[]): Upstreams {
  const clusters = new Map<string, Cluster>();
  const endpoints: Endpoints[] = [];
  const add = ({ cluster, localities }: Upstream): void => {
    clusters.set(cluster.name, cluster);
    if (localities !== undefined) endpoints.push({ cluster: cluster.name, localities });
  };
  for (const target of targetsOf(context)) {
    const upstream = buildOutbound(target, context);
    add(upstream);
    if (hasSniRouting(context)) add(bySni(upstream, target));
  }
  for (const port of inbound) clusters.set(port.cluster, buildInbound(port, context));
  for (const cluster of special(context)) clusters.set(cluster.name, cluster);
  for (const cluster of mixerClusters(context)) {
    if (!clusters.has(cluster.name)) clusters.set(cluster.name, cluster);
  }
  return {
    clusters: sortedBy([...clusters.values()], ({ name }) => name),
    endpoints: sortedBy(endpoints, ({ cluster }) => cluster),
  };
}

interface Upstream {
  readonly cluster: Cluster;
  /** Undefined when the cluster holds its endpoints, or has none. */
  readonly localities: Locality[] | undefined;
}

/** Every port of every service that the proxy knows of, as a whole and by subset. */
function targetsOf({ view }: BuildContext): Target[] {
  return view.scope.services.flatMap((service) => {
    const subsets = ['', ...(view.destinationRule(service)?.subsets.keys() ?? [])];
    const ports = service.ports.filter(({ protocol }) => protocol !== 'UDP');
    return ports.flatMap((port) => subsets.map((subset) => ({ service, port, subset })));
  });
}

function buildOutbound(target: Target, context: BuildContext): Upstream {
  const { view } = context;
  const { service, port, subset = '' } = target;
  const policy = view.policy(target);
  const localities = buildLocalities(view.endpoints(target));
  const discovery = discoveryOf(target, localities, policy.loadBalancer?.simple === 'PASSTHROUGH');
  const cluster: Cluster = {
    name: clusterName({ direction: 'outbound', port: port.number, subset, host: service.hostname }),
    discovery,
    localities: discovery === Discovery.DNS ? localities : [],
    ...balancing(policy),
    ...limiting(policy.connectionPool, view.mesh),
    outlierDetection: outlierDetection(policy),
    healthCheck: buildHealthCheck(view.destinationRule(service)),
    tls: buildUpstreamTls(policy.tls, target, context),
    http2: isHttp2(port.protocol, policy.connectionPool),
    dnsRefreshRate: discovery === Discovery.DNS ? durationOf(view.mesh.dnsRefreshRate) : undefined,
    localityWeighted: policy.outlierDetection !== undefined || isDistributed(context),
  };
  return { cluster, localities: discovery === Discovery.ENDPOINTS ? localities : undefined };
}

/** Places that are given by name have to be looked up, wherever they are from. */
function discoveryOf({ service }: Target, localities: readonly Locality[], goesAnywhere: boolean): Discovery {
  if (goesAnywhere || service.resolution === 'PASSTHROUGH') return Discovery.ORIGINAL_DESTINATION;
  const addresses = localities.flatMap(({ endpoints }) => endpoints.map(({ address }) => address));
  const hasNames = addresses.some((address) => isIP(address) === 0 && !address.startsWith('unix://'));
  return service.resolution === 'DNS' || hasNames ? Discovery.DNS : Discovery.ENDPOINTS;
}

function isDistributed({ view }: BuildContext): boolean {
  return view.proxy.locality !== '' && (view.mesh.localityLbSetting?.distribute.length ?? 0) > 0;
}

function hasSniRouting({ view }: BuildContext): boolean {
  return view.gateway.ports.some(({ servers }) =>
    servers.some(({ server }) => server.tls?.mode === 'AUTO_PASSTHROUGH'),
  );
}

/** The same for connections that are encrypted already and say by name of the server where they go. */
function bySni({ cluster, localities }: Upstream, { service, port, subset = '' }: Target): Upstream {
  const name = clusterSni({ direction: 'outbound', port: port.number, subset, host: service.hostname });
  return { cluster: { ...cluster, name, tls: undefined, http2: false }, localities };
}

/** Of a DestinationRule only what limits connections counts for the own workload. */
function buildInbound(port: InboundPort, { view }: BuildContext): Cluster {
  const { service, servicePort, target } = port;
  const pool = service && view.policy({ service, port: servicePort }).connectionPool;
  return Cluster.create({
    name: port.cluster,
    discovery: Discovery.STATIC,
    localities: [fixedLocality(target.address, target.port)],
    ...limiting(pool, view.mesh),
    http2: isHttp2(servicePort.protocol, undefined),
  });
}

function special({ view }: BuildContext): Cluster[] {
  if (view.proxy.type === 'router') return [blackHole()];
  return [
    blackHole(),
    Cluster.create({
      name: passthroughCluster,
      discovery: Discovery.ORIGINAL_DESTINATION,
      ...limiting(undefined, view.mesh),
    }),
  ];
}

function blackHole(): Cluster {
  return Cluster.create({ name: blackHoleCluster, discovery: Discovery.STATIC });
}
