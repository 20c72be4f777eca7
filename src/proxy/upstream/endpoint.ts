import type { Socket } from 'node:net';
import type { Endpoint as EndpointMessage, Locality } from '../../gen/fairlead/proxy/v1/cluster.js';
import type { ClusterSettings } from './cluster-settings.js';
import type { ClusterStats } from './cluster-stats.js';
import type { ConnectionPool, PoolHost } from './connection-pool.js';
import type { Dialer } from './dialer.js';
import { Http1Pool } from './http1/http1-pool.js';
import { Http2Pool } from './http2/http2-pool.js';
import type { OutlierDetector } from './outlier-detector.js';
import type { PoolCall } from './pool-call.js';
import type { UpstreamCall, UpstreamEndpoint, UpstreamHandler, UpstreamRequest } from './types.js';
import { UpstreamError } from './upstream-error.js';

const unixScheme = 'unix://';

/** An endpoint as the configuration, or a name server, gives it. */
export interface Placement {
  readonly endpoint: EndpointMessage;
  readonly locality: Locality;
}

/** What the endpoints of one cluster share. */
export interface EndpointContext {
  readonly settings: ClusterSettings;
  readonly stats: ClusterStats;
  readonly dialer: Dialer;
  readonly outlier: OutlierDetector | undefined;
}

/** Where requests go, with its connections and what is known of its health. */
export class Endpoint implements UpstreamEndpoint, PoolHost {
  readonly address: string;
  readonly port: number;
  readonly name: string;
  readonly uid: string;
  active = 0;
  isHealthy = true;
  isEjected = false;
  readonly #context: EndpointContext;
  readonly #pool: ConnectionPool<PoolCall>;
  #placement: Placement;
  #labels: ReadonlyMap<string, string>;

  constructor(placement: Placement, context: EndpointContext) {
    const { endpoint } = placement;
    this.#context = context;
    this.#placement = placement;
    this.#labels = new Map(Object.entries(endpoint.labels));
    this.address = endpoint.address;
    this.port = endpoint.port;
    this.name = nameOf(endpoint);
    this.uid = endpoint.uid;
    this.#pool = createPool(this);
  }

  get settings(): ClusterSettings {
    return this.#context.settings;
  }

  get stats(): ClusterStats {
    return this.#context.stats;
  }

  get dialer(): Dialer {
    return this.#context.dialer;
  }

  get labels(): ReadonlyMap<string, string> {
    return this.#labels;
  }

  get locality(): string {
    return localityName(this.#placement.locality);
  }

  get localityWeight(): number {
    return this.#placement.locality.weight || 1;
  }

  get priority(): number {
    return this.#placement.locality.priority;
  }

  get weight(): number {
    return this.#placement.endpoint.weight || 1;
  }

  /** Takes part in load balancing. */
  get isUsable(): boolean {
    return this.isHealthy && !this.isEjected;
  }

  /** What another configuration says of the same endpoint. */
  place(placement: Placement): void {
    this.#placement = placement;
    this.#labels = new Map(Object.entries(placement.endpoint.labels));
  }

  send(request: UpstreamRequest, handler: UpstreamHandler): UpstreamCall {
    return this.#pool.send(request, handler);
  }

  async connect(signal: AbortSignal): Promise<Socket> {
    const { stats, settings, dialer } = this.#context;
    if (stats.upstream_cx_active >= settings.maxConnections) {
      stats.upstream_cx_overflow++;
      throw new UpstreamError('overflow', 'connections');
    }
    return await dialer.open(this.address, this.port, signal);
  }

  record(outcome: 'success' | 'gateway-failure'): void {
    this.#context.outlier?.record(this, outcome);
  }

  /** Resolves when its requests have ended and its pooled connections are closed. It serves latecomers all the same. */
  drain(): Promise<void> {
    return this.#pool.close();
  }
}

/** HTTP connections, by the protocol of the cluster. */
export function createPool(host: PoolHost): ConnectionPool<PoolCall> {
  const pool = host.settings.http2 ? new Http2Pool(host) : new Http1Pool(host);
  return pool;
}

export function nameOf({ address, port }: EndpointMessage): string {
  if (address.startsWith(unixScheme)) return address.slice(unixScheme.length);
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function localityName({ region, zone, subzone }: Locality): string {
  return [region, zone, subzone].join('/').replace(/\/+$/, '');
}
