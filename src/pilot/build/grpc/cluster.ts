import { isIP } from 'node:net';
import { Cluster, Cluster_DiscoveryType, Cluster_LbPolicy } from '../../../gen/envoy/config/cluster/v3/cluster.js';
import { OutlierDetection } from '../../../gen/envoy/config/cluster/v3/outlier_detection.js';
import { RoutingPriority } from '../../../gen/envoy/config/core/v3/base.js';
import { LbEndpoint } from '../../../gen/envoy/config/endpoint/v3/endpoint_components.js';
import type { PolicySettings } from '../../kinds/traffic-policy.js';
import type { Target } from '../../model/proxy-view.js';
import type { Instance } from '../../model/service.js';
import { createResource, type XdsResource } from '../../xds/resource.js';
import type { GrpcContext } from './context.js';
import { durationOf } from './duration.js';
import { buildEndpoints } from './endpoint.js';
import { fromAds } from './listener.js';

const UNLIMITED = 0xffff_ffff;

/** The cluster of a target; without one it has no endpoints (mesh.md 2.2, 3.7). */
export function buildCluster(name: string, target: Target | undefined, context: GrpcContext): XdsResource {
  const { view, incarnation } = context;
  const policy = target === undefined ? none : view.policy(target);
  if (target !== undefined) tellLeftOut(name, policy, context);
  const place = target && dnsPlace(target, context);
  const value = Cluster.encode(
    Cluster.create({
      name,
      ...(place === undefined ? discovered(name) : lookedUp(name, place)),
      ...balancing(policy),
      connectTimeout: durationOf(policy.connectionPool?.tcp?.connectTimeout ?? view.mesh.connectTimeout),
      circuitBreakers: {
        thresholds: [{ priority: RoutingPriority.DEFAULT, maxRequests: maxRequests(policy) }],
      },
      outlierDetection: outlierDetection(policy, incarnation(name)),
    }),
  ).finish();
  const references = place === undefined ? [{ kind: 'endpoints', name } as const] : [];
  return createResource('cluster', name, { value, references });
}

/** Where a cluster runs; empty for one that stands for nothing. */
export function buildClusterEndpoints(name: string, target: Target | undefined, context: GrpcContext): XdsResource {
  return buildEndpoints(name, target === undefined ? [] : context.view.endpoints(target));
}

function maxRequests({ connectionPool }: PolicySettings): number {
  return connectionPool?.http?.http2MaxRequests || UNLIMITED;
}

const none: PolicySettings = {
  loadBalancer: undefined,
  connectionPool: undefined,
  outlierDetection: undefined,
  tls: undefined,
};

function discovered(name: string): Pick<Cluster, 'type' | 'edsClusterConfig'> {
  return { type: Cluster_DiscoveryType.EDS, edsClusterConfig: { edsConfig: fromAds, serviceName: name } };
}

function lookedUp(name: string, { address, port }: Instance): Pick<Cluster, 'type' | 'loadAssignment'> {
  const endpoint = { address: { socketAddress: { address, portValue: port } } };
  const group = { locality: undefined, lbEndpoints: [LbEndpoint.create({ endpoint, loadBalancingWeight: 1 })] };
  const endpoints = [{ ...group, loadBalancingWeight: 1, priority: 0 }];
  return { type: Cluster_DiscoveryType.LOGICAL_DNS, loadAssignment: { clusterName: name, endpoints } };
}

/** The one name that a client has to look up; addresses among names are better used as they are. */
function dnsPlace(target: Target, { view, leaveOut }: GrpcContext): Instance | undefined {
  const instances = view.endpoints(target).flatMap((group) => group.instances);
  const [first, ...others] = instances.filter(({ address, family }) => family === 'tcp' && isIP(address) === 0);
  if (first === undefined || instances.some(({ address }) => isIP(address) > 0)) return undefined;
  if (others.length > 0) leaveOut(`a gRPC client looks up one name only: ${first.address} of ${first.hostname}`);
  return first;
}

function balancing({ loadBalancer }: PolicySettings): Pick<Cluster, 'lbPolicy' | 'ringHashLbConfig'> {
  const hash = loadBalancer?.consistentHash;
  if (hash === undefined) return { lbPolicy: Cluster_LbPolicy.ROUND_ROBIN };
  const size = hash.minimumRingSize > MAX_RING ? MAX_RING : hash.minimumRingSize;
  const ringHashLbConfig = { minimumRingSize: size, hashFunction: 0, maximumRingSize: undefined };
  return { lbPolicy: Cluster_LbPolicy.RING_HASH, ringHashLbConfig };
}

const MAX_RING = 8_388_608n;

/**
 * When an endpoint is left alone. A client knows shares of failures only: so many errors in a row are taken for half
 * of as many calls. Every field is always there, since a client neither takes missing ones for their defaults nor
 * notices that they come (mesh.md 3.7).
 */
function outlierDetection({ outlierDetection: outliers }: PolicySettings, incarnation: number): OutlierDetection {
  return OutlierDetection.create({
    interval: durationOf(outliers?.interval) ?? { seconds: 10n, nanos: 0 },
    baseEjectionTime: durationOf(outliers?.baseEjectionTime) ?? { seconds: 30n, nanos: 0 },
    maxEjectionPercent: outliers?.maxEjectionPercent || 10,
    // A client that was told of the end of a cluster does not notice that it is back, unless it is another one.
    maxEjectionTime: { seconds: 300n, nanos: incarnation },
    enforcingSuccessRate: 0,
    successRateMinimumHosts: 5,
    successRateRequestVolume: 100,
    successRateStdevFactor: 1900,
    failurePercentageThreshold: 50,
    enforcingFailurePercentage: outliers === undefined ? 0 : 100,
    failurePercentageMinimumHosts: 1,
    failurePercentageRequestVolume: Math.max(1, outliers?.consecutiveErrors ?? 5),
  });
}

function tellLeftOut(name: string, { loadBalancer, tls }: PolicySettings, { leaveOut }: GrpcContext): void {
  const { simple } = loadBalancer ?? {};
  if (simple === 'LEAST_CONN' || simple === 'RANDOM')
    leaveOut(`a gRPC client takes turns instead of ${simple}: ${name}`);
  if (tls !== undefined && tls.mode !== 'DISABLE') leaveOut(`gRPC clients call without TLS, not ${tls.mode}: ${name}`);
}
