import {
  type Cluster,
  type Cluster_Limits as Limits,
  Cluster_LoadBalancer as LoadBalancer,
  type OutlierDetection,
  type TcpKeepalive,
} from '../../../gen/fairlead/proxy/v1/cluster.js';
import type { MeshConfig } from '../../kinds/mesh-config.js';
import { isHttp, type Protocol } from '../../kinds/protocols.js';
import type { ConnectionPool, PolicySettings } from '../../kinds/traffic-policy.js';
import { durationOf } from './duration.js';

const simple = {
  ROUND_ROBIN: LoadBalancer.ROUND_ROBIN,
  LEAST_CONN: LoadBalancer.LEAST_REQUEST,
  RANDOM: LoadBalancer.RANDOM,
  // The cluster is one that goes where the client wanted to.
  PASSTHROUGH: LoadBalancer.ROUND_ROBIN,
} as const;

/** Which endpoint gets a request. */
export function balancing({
  loadBalancer,
}: Pick<PolicySettings, 'loadBalancer'>): Pick<Cluster, 'loadBalancer' | 'minimumRingSize'> {
  const hash = loadBalancer?.consistentHash;
  if (hash === undefined) return { loadBalancer: simple[loadBalancer?.simple ?? 'ROUND_ROBIN'], minimumRingSize: 0 };
  return { loadBalancer: LoadBalancer.RING_HASH, minimumRingSize: Number(hash.minimumRingSize) };
}

/** What limits connections and requests. */
export function limiting(
  pool: ConnectionPool | undefined,
  mesh: MeshConfig,
): Pick<Cluster, 'connectTimeout' | 'limits' | 'idleTimeout' | 'tcpKeepalive'> {
  return {
    connectTimeout: durationOf(pool?.tcp?.connectTimeout ?? mesh.connectTimeout),
    limits: pool && limitsOf(pool),
    idleTimeout: durationOf(pool?.http?.idleTimeout),
    tcpKeepalive: keepaliveOf(pool?.tcp?.tcpKeepalive ?? mesh.tcpKeepalive),
  };
}

function limitsOf({ tcp, http }: ConnectionPool): Limits {
  return {
    maxConnections: tcp?.maxConnections ?? 0,
    maxPendingRequests: http?.http1MaxPendingRequests ?? 0,
    maxRequests: http?.http2MaxRequests ?? 0,
    maxRequestsPerConnection: http?.maxRequestsPerConnection ?? 0,
    maxRetries: http?.maxRetries ?? 0,
  };
}

function keepaliveOf(given: MeshConfig['tcpKeepalive']): TcpKeepalive | undefined {
  if (given === undefined) return undefined;
  const { probes, time, interval } = given;
  return { probes, time: durationOf(time), interval: durationOf(interval) };
}

/** When an endpoint is left alone for a while. */
export function outlierDetection({
  outlierDetection: outliers,
}: Pick<PolicySettings, 'outlierDetection'>): OutlierDetection | undefined {
  return (
    outliers && {
      consecutiveErrors: outliers.consecutiveErrors,
      interval: durationOf(outliers.interval),
      baseEjectionTime: durationOf(outliers.baseEjectionTime),
      maxEjectionPercent: outliers.maxEjectionPercent,
      minHealthPercent: outliers.minHealthPercent,
    }
  );
}

/** Whether requests are sent as HTTP/2: by the port's protocol, or because a policy says so. */
export function isHttp2(protocol: Protocol, pool: ConnectionPool | undefined): boolean {
  if (protocol === 'HTTP2' || protocol === 'GRPC' || protocol === 'GRPC-Web') return true;
  return isHttp(protocol) && pool?.http?.h2UpgradePolicy === 'UPGRADE';
}
