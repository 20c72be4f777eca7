import { type Cluster, Cluster_Limits } from '../../gen/fairlead/proxy/v1/cluster.js';
import type { UpstreamTls } from '../../gen/fairlead/proxy/v1/tls.js';
import { millisOf } from '../millis.js';

/** What a cluster says of its connections, with defaults in place. Limits that are not set are infinite. */
export interface ClusterSettings {
  readonly name: string;
  readonly http2: boolean;
  readonly tls: UpstreamTls | undefined;
  readonly connectTimeoutMillis: number;
  /** 0 for none. */
  readonly idleTimeoutMillis: number;
  /** How long a connection is quiet before it is probed; undefined for no probes. */
  readonly keepAliveMillis: number | undefined;
  readonly maxConnections: number;
  readonly maxPendingRequests: number;
  readonly maxRequests: number;
  readonly maxRequestsPerConnection: number;
  readonly maxRetries: number;
}

export function settingsOf(cluster: Cluster): ClusterSettings {
  const { tcpKeepalive } = cluster;
  const limits = cluster.limits ?? Cluster_Limits.create();
  return {
    name: cluster.name,
    http2: cluster.http2,
    tls: cluster.tls,
    connectTimeoutMillis: millisOf(cluster.connectTimeout) || 1000,
    idleTimeoutMillis: millisOf(cluster.idleTimeout),
    // Linux begins after two hours unless told otherwise, and so does Envoy.
    keepAliveMillis: tcpKeepalive === undefined ? undefined : millisOf(tcpKeepalive.time) || 7_200_000,
    maxConnections: limits.maxConnections || Infinity,
    maxPendingRequests: limits.maxPendingRequests || Infinity,
    maxRequests: limits.maxRequests || Infinity,
    maxRequestsPerConnection: limits.maxRequestsPerConnection || Infinity,
    maxRetries: limits.maxRetries || Infinity,
  };
}
