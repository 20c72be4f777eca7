import type { HealthCheck } from '../../gen/fairlead/proxy/v1/cluster.js';
import { Headers } from '../http/headers.js';
import type { ResponseHead } from '../http/message.js';
import { millisOf } from '../millis.js';
import { ClusterStats } from './cluster-stats.js';
import type { ConnectionPool } from './connection-pool.js';
import { Dialer } from './dialer.js';
import { createPool, type Endpoint } from './endpoint.js';
import type { UpstreamEnv } from './env.js';
import type { PoolCall } from './pool-call.js';
import type { UpstreamCall, UpstreamHandler } from './types.js';

export interface HealthCheckOptions {
  readonly config: HealthCheck;
  readonly env: UpstreamEnv;
  readonly stats: ClusterStats;
  readonly onChange: () => void;
}

/** Asks each endpoint of a cluster again and again whether it is well. */
export class HealthChecker {
  readonly #options: HealthCheckOptions;
  readonly #probes = new Map<Endpoint, Probe>();

  constructor(options: HealthCheckOptions) {
    this.#options = options;
  }

  watch(endpoint: Endpoint): void {
    this.#probes.set(endpoint, new Probe(endpoint, this.#options));
  }

  forget(endpoint: Endpoint): void {
    this.#probes.get(endpoint)?.close();
    this.#probes.delete(endpoint);
  }

  close(): void {
    for (const endpoint of [...this.#probes.keys()]) this.forget(endpoint);
  }
}

/** The checks of one endpoint, on connections of their own, so that no circuit breaker of the traffic stops them. */
class Probe implements UpstreamHandler {
  readonly #endpoint: Endpoint;
  readonly #options: HealthCheckOptions;
  readonly #pool: ConnectionPool<PoolCall>;
  readonly #cancels: (() => void)[];
  #call: UpstreamCall | undefined;
  #cancelTimeout: (() => void) | undefined;
  #status = 0;
  /** Of the same outcome, one after the other. */
  #successes = 0;
  #failures = 0;
  #isFirst = true;

  constructor(endpoint: Endpoint, options: HealthCheckOptions) {
    const { env, config } = options;
    this.#endpoint = endpoint;
    this.#options = options;
    this.#pool = createProbePool(endpoint, env);
    const ask = (): void => this.#ask();
    this.#cancels = [env.schedule.after(0, ask), env.schedule.every(millisOf(config.interval) || 10_000, ask)];
  }

  close(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancelTimeout?.();
    this.#call?.cancel();
    void this.#pool.close();
  }

  onHead({ status }: ResponseHead): void {
    this.#status = status;
  }

  onData(): boolean {
    return true;
  }

  onEnd(): void {
    this.#finish(this.#status === 200, this.#status === 503);
  }

  onFailure(): void {
    this.#options.stats['health_check.network_failure']++;
    this.#finish(false, false);
  }

  #ask(): void {
    if (this.#call !== undefined) return;
    const { config, env, stats } = this.#options;
    stats['health_check.attempt']++;
    const head = {
      method: 'GET',
      path: config.path || '/',
      // Not the name of the cluster, as Envoy has it: `|` is not allowed there, and servers say so.
      authority: this.#endpoint.name.startsWith('/') ? 'localhost' : this.#endpoint.name,
      scheme: this.#endpoint.settings.tls === undefined ? ('http' as const) : ('https' as const),
      protocol: this.#endpoint.settings.http2 ? ('HTTP/2' as const) : ('HTTP/1.1' as const),
      headers: new Headers(['user-agent', 'fairlead/health-check']),
    };
    this.#status = 0;
    this.#call = this.#pool.send({ head, body: undefined }, this);
    this.#cancelTimeout = env.schedule.after(millisOf(config.timeout) || 1000, () => {
      this.#call?.cancel();
      stats['health_check.network_failure']++;
      this.#finish(false, false);
    });
  }

  /** The first outcome counts at once, and so does an endpoint that says itself that it is not available. */
  #finish(isWell: boolean, isCertain: boolean): void {
    this.#call = undefined;
    this.#cancelTimeout?.();
    const { config, stats } = this.#options;
    stats[isWell ? 'health_check.success' : 'health_check.failure']++;
    this.#successes = isWell ? this.#successes + 1 : 0;
    this.#failures = isWell ? 0 : this.#failures + 1;
    const enough = isWell
      ? this.#successes >= (config.healthyThreshold || 1)
      : isCertain || this.#failures >= (config.unhealthyThreshold || 1);
    if (enough || this.#isFirst) this.#set(isWell);
    this.#isFirst = false;
  }

  #set(isHealthy: boolean): void {
    if (this.#endpoint.isHealthy === isHealthy) return;
    this.#endpoint.isHealthy = isHealthy;
    this.#options.onChange();
  }
}

/** As the traffic's, but without its limits and not among its figures. */
function createProbePool(endpoint: Endpoint, env: UpstreamEnv): ConnectionPool<PoolCall> {
  const stats = new ClusterStats();
  const { address, port } = endpoint;
  const settings = {
    ...endpoint.settings,
    maxConnections: Infinity,
    maxPendingRequests: Infinity,
    maxRequestsPerConnection: Infinity,
  };
  return createPool({ address, port, active: 0, settings, stats, dialer: new Dialer(settings, env, stats) });
}
