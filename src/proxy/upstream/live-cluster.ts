import { type Cluster, Cluster_Discovery, type Locality } from '../../gen/fairlead/proxy/v1/cluster.js';
import { millisOf } from '../millis.js';
import { type ClusterSettings, settingsOf } from './cluster-settings.js';
import { ClusterStats } from './cluster-stats.js';
import { Dialer } from './dialer.js';
import { DnsDiscovery, type KnownAddresses } from './dns-discovery.js';
import { Endpoint, type EndpointContext, nameOf, type Placement } from './endpoint.js';
import type { UpstreamEnv } from './env.js';
import { HealthChecker } from './health-checker.js';
import { OriginalDestinations } from './original-destinations.js';
import { OutlierDetector } from './outlier-detector.js';
import { Selection, type SelectionOptions } from './selection.js';
import type { Choice, RouterEvent, UpstreamCluster, UpstreamEndpoint } from './types.js';

// Envoy's, where the configuration has none.
const defaultRefreshMillis = 5000;

/** A cluster with its endpoints, as long as its configuration stays what it is. */
export class LiveCluster implements UpstreamCluster {
  readonly name: string;
  /** Addresses that names stand for; see {@link DnsDiscovery}. */
  readonly known: KnownAddresses;
  readonly #settings: ClusterSettings;
  readonly #stats = new ClusterStats();
  readonly #context: EndpointContext;
  readonly #selectionOptions: SelectionOptions;
  readonly #health: HealthChecker | undefined;
  readonly #dns: DnsDiscovery | undefined;
  readonly #destinations: OriginalDestinations | undefined;
  #members = new Map<string, Endpoint>();
  #endpoints: readonly Endpoint[] = [];
  /** Made anew when it is next needed. */
  #selection: Selection | undefined;
  #requests = 0;
  #retries = 0;

  constructor(message: Cluster, env: UpstreamEnv, known: KnownAddresses = new Map()) {
    this.name = message.name;
    this.known = known;
    this.#settings = settingsOf(message);
    const stats = this.#stats;
    const onChange = (): void => (this.#selection = undefined);
    this.#context = {
      settings: this.#settings,
      stats,
      dialer: new Dialer(this.#settings, env, stats),
      outlier:
        message.outlierDetection &&
        new OutlierDetector({ config: message.outlierDetection, env, stats, members: () => this.#endpoints, onChange }),
    };
    this.#selectionOptions = selectionOptionsOf(message, env, stats);
    this.#health = message.healthCheck && new HealthChecker({ config: message.healthCheck, env, stats, onChange });
    if (message.discovery === Cluster_Discovery.ORIGINAL_DESTINATION) {
      this.#destinations = new OriginalDestinations(this.#context, env);
    } else if (message.discovery === Cluster_Discovery.DNS) {
      this.#dns = new DnsDiscovery({
        localities: message.localities,
        refreshMillis: millisOf(message.dnsRefreshRate) || defaultRefreshMillis,
        known,
        env,
        stats,
        onChange: (localities) => this.update(localities),
      });
    } else this.update(message.localities);
  }

  get endpoints(): readonly UpstreamEndpoint[] {
    return this.#destinations?.endpoints ?? this.#endpoints;
  }

  get stats(): ReadonlyMap<string, number> {
    const stats = this.#stats;
    const settings = this.#settings;
    const endpoints = this.#destinations?.endpoints ?? this.#endpoints;
    stats.membership_total = endpoints.length;
    stats.membership_healthy = endpoints.filter(({ isUsable }) => isUsable).length;
    stats['health_check.healthy'] = endpoints.filter(({ isHealthy }) => isHealthy).length;
    stats['circuit_breakers.default.cx_open'] = Number(stats.upstream_cx_active >= settings.maxConnections);
    stats['circuit_breakers.default.rq_pending_open'] = Number(
      stats.upstream_rq_pending_active >= settings.maxPendingRequests,
    );
    stats['circuit_breakers.default.rq_open'] = Number(this.#requests >= settings.maxRequests);
    stats['circuit_breakers.default.rq_retry_open'] = Number(this.#retries >= settings.maxRetries);
    return stats.toMap();
  }

  /** Names have been looked up. */
  get ready(): Promise<void> {
    return this.#dns?.ready ?? Promise.resolve();
  }

  pick(choice: Choice): Endpoint | undefined {
    if (this.#destinations !== undefined) {
      return choice.destination === undefined ? undefined : this.#destinations.pick(choice.destination);
    }
    this.#selection ??= new Selection(this.#endpoints, this.#selectionOptions);
    const endpoint = this.#selection.pick(choice);
    if (endpoint === undefined) this.#stats.upstream_cx_none_healthy++;
    return endpoint;
  }

  enter(kind: 'request' | 'retry'): (() => void) | undefined {
    if (kind === 'retry') {
      if (this.#retries >= this.#settings.maxRetries) {
        this.#stats.upstream_rq_retry_overflow++;
        return undefined;
      }
      this.#stats.upstream_rq_retry++;
      this.#retries++;
      return this.#leaveRetry;
    }
    if (this.#requests >= this.#settings.maxRequests) {
      this.#stats.upstream_rq_pending_overflow++;
      return undefined;
    }
    this.#requests++;
    return this.#leaveRequest;
  }

  note(event: RouterEvent): void {
    this.#stats[`upstream_rq_${event}`]++;
  }

  countLocal(status: number): void {
    this.#stats.countResponse(status);
  }

  /** Takes up other endpoints. Those that stay keep their connections, health and ejection; those that go drain. */
  update(localities: readonly Locality[]): void {
    const before = this.#members;
    const members = new Map<string, Endpoint>();
    for (const placement of placements(localities)) {
      const key = `${nameOf(placement.endpoint)} ${placement.endpoint.uid}`;
      // Named twice, the first counts.
      if (members.has(key)) continue;
      const stayed = before.get(key);
      stayed?.place(placement);
      members.set(key, stayed ?? new Endpoint(placement, this.#context));
    }
    this.#members = members;
    this.#endpoints = [...members.values()];
    this.#selection = undefined;
    const gone = [...before].filter(([key]) => !members.has(key));
    const come = [...members].filter(([key]) => !before.has(key));
    for (const [, endpoint] of gone) void this.#drop(endpoint);
    for (const [, endpoint] of come) this.#health?.watch(endpoint);
    if (gone.length + come.length > 0) this.#stats.membership_change++;
  }

  /** Resolves when the requests under way have ended and the pooled connections are closed. */
  async close(): Promise<void> {
    this.#dns?.close();
    this.#health?.close();
    this.#context.outlier?.close();
    await Promise.all([this.#destinations?.close(), ...this.#endpoints.map((endpoint) => endpoint.drain())]);
  }

  #drop(endpoint: Endpoint): Promise<void> {
    this.#health?.forget(endpoint);
    this.#context.outlier?.forget(endpoint);
    return endpoint.drain();
  }

  readonly #leaveRequest = (): void => {
    this.#requests--;
  };

  readonly #leaveRetry = (): void => {
    this.#retries--;
  };
}

function selectionOptionsOf(message: Cluster, env: UpstreamEnv, stats: ClusterStats): SelectionOptions {
  return {
    loadBalancer: message.loadBalancer,
    minimumRingSize: message.minimumRingSize,
    localityWeighted: message.localityWeighted,
    panicThreshold: message.outlierDetection?.minHealthPercent ?? 0,
    random: () => env.random(),
    onPanic: () => {
      stats.lb_healthy_panic++;
    },
  };
}

function placements(localities: readonly Locality[]): Placement[] {
  return localities.flatMap((locality) => locality.endpoints.map((endpoint) => ({ endpoint, locality })));
}
