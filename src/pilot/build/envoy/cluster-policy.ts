import type { CircuitBreakers } from '../../../gen/envoy/config/cluster/v3/circuit_breaker.js';
import {
  type Cluster,
  type Cluster_CommonLbConfig as CommonLbConfig,
  Cluster_LbPolicy as LbPolicy,
  Cluster_RingHashLbConfig_HashFunction as HashFunction,
  type UpstreamConnectionOptions,
} from '../../../gen/envoy/config/cluster/v3/cluster.js';
import { OutlierDetection } from '../../../gen/envoy/config/cluster/v3/outlier_detection.js';
import { RoutingPriority } from '../../../gen/envoy/config/core/v3/base.js';
import type { MeshConfig } from '../../kinds/mesh-config.js';
import type { ConnectionPool, OutlierDetection as Outliers, PolicySettings } from '../../kinds/traffic-policy.js';
import type { Duration } from '../../../util/duration.js';
import { durationOf } from '../fairlead/duration.js';

const UNLIMITED = 0xffff_ffff;
const MAX_RING = 8_388_608n;

const simple = {
  ROUND_ROBIN: LbPolicy.ROUND_ROBIN,
  LEAST_CONN: LbPolicy.LEAST_REQUEST,
  RANDOM: LbPolicy.RANDOM,
  // At a gateway: elsewhere the cluster is one that goes where the client wanted to.
  PASSTHROUGH: LbPolicy.ROUND_ROBIN,
} as const;

/** Which endpoint gets a request. */
export function balancing({
  loadBalancer,
}: Pick<PolicySettings, 'loadBalancer'>): Pick<Cluster, 'lbPolicy' | 'ringHashLbConfig'> {
  const hash = loadBalancer?.consistentHash;
  if (hash === undefined) return { lbPolicy: simple[loadBalancer?.simple ?? 'ROUND_ROBIN'] };
  const size = hash.minimumRingSize > MAX_RING ? MAX_RING : hash.minimumRingSize;
  return {
    lbPolicy: LbPolicy.RING_HASH,
    ringHashLbConfig: {
      minimumRingSize: size > 0n ? size : 1024n,
      hashFunction: HashFunction.XX_HASH,
      maximumRingSize: undefined,
    },
  };
}

/** How endpoints of several places, or unwell ones, are dealt with: without a policy never all if none is well. */
export function spreading(outliers: Outliers | undefined, isDistributed: boolean): CommonLbConfig {
  const isWeighted = outliers !== undefined || isDistributed;
  return {
    healthyPanicThreshold: { value: Math.min(Math.max(outliers?.minHealthPercent ?? 0, 0), 100) },
    ...(isWeighted && { localityWeightedLbConfig: {} }),
  };
}

/** What limits connections and requests; 0 stands for what is not said (mesh.md 2.2). */
export function limiting(
  pool: ConnectionPool | undefined,
  mesh: MeshConfig,
): Pick<Cluster, 'connectTimeout' | 'circuitBreakers' | 'upstreamConnectionOptions'> {
  return {
    connectTimeout: durationOf(pool?.tcp?.connectTimeout ?? mesh.connectTimeout),
    circuitBreakers: limitsOf(pool),
    upstreamConnectionOptions: keepaliveOf(pool?.tcp?.tcpKeepalive ?? mesh.tcpKeepalive),
  };
}

function limitsOf(pool: ConnectionPool | undefined): CircuitBreakers {
  const { tcp, http } = pool ?? {};
  const threshold = {
    priority: RoutingPriority.DEFAULT,
    maxConnections: tcp?.maxConnections || UNLIMITED,
    maxPendingRequests: http?.http1MaxPendingRequests || UNLIMITED,
    maxRequests: http?.http2MaxRequests || UNLIMITED,
    maxRetries: http?.maxRetries || UNLIMITED,
  };
  return { thresholds: [threshold] };
}

// What Linux takes: a connection would fail for more.
const MAX_KEEPALIVE = 32_767;
const MAX_PROBES = 127;

/** Systems count keep-alive in seconds, and at least one. */
function keepaliveOf(given: MeshConfig['tcpKeepalive']): UpstreamConnectionOptions | undefined {
  if (given === undefined) return undefined;
  const { probes, time, interval } = given;
  const tcpKeepalive = {
    keepaliveProbes: probes > 0 ? Math.min(probes, MAX_PROBES) : undefined,
    keepaliveTime: time && keepaliveSeconds(time),
    keepaliveInterval: interval && keepaliveSeconds(interval),
  };
  return { tcpKeepalive };
}

function keepaliveSeconds({ seconds }: Duration): number {
  return Math.min(Math.max(1, seconds), MAX_KEEPALIVE);
}

/** When an endpoint is left alone for a while: gateway errors in a row count, and no others (mesh.md 2.2). */
export function detecting(outliers: Outliers | undefined): OutlierDetection | undefined {
  if (outliers === undefined) return undefined;
  const { consecutiveErrors, interval, baseEjectionTime, maxEjectionPercent } = outliers;
  return OutlierDetection.create({
    consecutiveGatewayFailure: consecutiveErrors || 5,
    enforcingConsecutiveGatewayFailure: 100,
    enforcingConsecutive5xx: 0,
    enforcingSuccessRate: 0,
    interval: durationOf(interval),
    baseEjectionTime: durationOf(baseEjectionTime),
    maxEjectionPercent: maxEjectionPercent || 10,
    // As it was always so for Envoys of that time.
    alwaysEjectOneHost: true,
  });
}
