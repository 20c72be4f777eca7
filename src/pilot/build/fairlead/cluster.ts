import { isIP } from 'node:net';
import {
  Cluster,
  Cluster_Discovery as Discovery,
  type Endpoints,
  type Locality,
} from '../../../gen/fairlead/proxy/v1/cluster.js';
import { type ClusterParts, clusterName, clusterSni } from '../../model/naming.js';
import type { Target } from '../../model/proxy-view.js';
import { portOf } from '../../model/service.js';
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
  const { clusters: outbound, endpoints } = buildOutboundClusters(context);
  const clusters = new Map([...outbound, ...buildOwnClusters(context, inbound)].map((one) => [one.name, one]));
  for (const cluster of mixerClusters(context)) {
    if (!clusters.has(cluster.name)) clusters.set(cluster.name, cluster);
  }
  return {
    clusters: sortedBy([...clusters.values()], ({ name }) => name),
    endpoints: sortedBy(endpoints, ({ cluster }) => cluster),
  };
}

/** The clusters of services: the same for all proxies that see the same of the mesh from the same place. */
export function buildOutboundClusters(context: BuildContext): Upstreams {
  const upstreams = targetsOf(context).flatMap((target) => buildUpstreams(target, context));
  return {
    clusters: upstreams.map(({ cluster }) => cluster),
    endpoints: upstreams.flatMap(({ cluster, localities }) =>
      localities === undefined ? [] : [{ cluster: cluster.name, localities }],
    ),
  };
}

/** The clusters for a proxy's own workload, and those that stand for no service. */
export function buildOwnClusters(context: BuildContext, inbound: readonly InboundPort[]): Cluster[] {
  return [...inbound.map((port) => buildInbound(port, context)), ...special(context)];
}

/** The cluster of a service by its name, in either form; undefined for a name of none. */
export function findUpstream(name: string, context: BuildContext): Upstream | undefined {
  const target = targetOf(name, context);
  return target && buildUpstreams(target, context).find(({ cluster }) => cluster.name === name);
}

function buildUpstreams(target: Target, context: BuildContext): readonly Upstream[] {
  const upstream = buildOutbound(target, context);
  return hasSniRouting(context) ? [upstream, bySni(upstream, target)] : [upstream];
}

/** A cluster, and where it runs. */
export interface Upstream {
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

function targetOf(cluster: string, { view }: BuildContext): Target | undefined {
  const [, number, subset = '', host = ''] = cluster.split(cluster.includes('|') ? '|' : '_.');
  const service = view.scope.service(host);
  const port = service && portOf(service, Number(number));
  if (service === undefined || port === undefined || port.protocol === 'UDP') return undefined;
  if (subset !== '' && view.destinationRule(service)?.subsets.has(subset) !== true) return undefined;
  return { service, port, subset };
}

function partsOf({ service, port, subset = '' }: Target): ClusterParts {
  return { direction: 'outbound', port: port.number, subset, host: service.hostname };
}

function buildOutbound(target: Target, context: BuildContext): Upstream {
  const { view } = context;
  const { service, port } = target;
  const policy = view.policy(target);
  const localities = buildLocalities(view.endpoints(target));
  const discovery = discoveryOf(target, localities, policy.loadBalancer?.simple === 'PASSTHROUGH');
  const cluster: Cluster = {
    name: clusterName(partsOf(target)),
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
function bySni({ cluster, localities }: Upstream, target: Target): Upstream {
  const name = clusterSni(partsOf(target));
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
