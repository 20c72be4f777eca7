import type { OutlierDetection } from '../../gen/fairlead/proxy/v1/cluster.js';
import { millisOf } from '../millis.js';
import type { ClusterStats } from './cluster-stats.js';
import type { UpstreamEnv } from './env.js';

/** An endpoint, as far as it matters here. */
export interface Ejectable {
  isEjected: boolean;
}

interface Record {
  /** One after the other. */
  failures: number;
  ejections: number;
  ejectedAt: number;
}

export interface OutlierOptions {
  readonly config: OutlierDetection;
  readonly env: UpstreamEnv;
  readonly stats: ClusterStats;
  readonly members: () => readonly Ejectable[];
  readonly onChange: () => void;
}

/** Takes endpoints out that fail again and again, longer each time, and lets them back in (mesh.md 2.2 and 8). */
export class OutlierDetector {
  readonly #options: OutlierOptions;
  readonly #limit: number;
  readonly #baseMillis: number;
  readonly #intervalMillis: number;
  readonly #maxPercent: number;
  readonly #records = new WeakMap<Ejectable, Record>();
  readonly #ejected = new Set<Ejectable>();
  #cancel: (() => void) | undefined;

  constructor(options: OutlierOptions) {
    const { config } = options;
    this.#options = options;
    this.#limit = config.consecutiveErrors || 5;
    this.#baseMillis = millisOf(config.baseEjectionTime) || 30_000;
    this.#intervalMillis = millisOf(config.interval) || 10_000;
    this.#maxPercent = config.maxEjectionPercent || 10;
  }

  record(endpoint: Ejectable, outcome: 'success' | 'gateway-failure'): void {
    if (outcome === 'success') {
      const record = this.#records.get(endpoint);
      if (record !== undefined) record.failures = 0;
      return;
    }
    const record = this.#recordOf(endpoint);
    if (++record.failures < this.#limit) return;
    // So that it counts anew, too, when others keep this one from being ejected.
    record.failures = 0;
    if (!endpoint.isEjected) this.#eject(endpoint, record);
  }

  /** The endpoint is no longer a member. */
  forget(endpoint: Ejectable): void {
    if (this.#ejected.delete(endpoint)) this.#options.stats['outlier_detection.ejections_active']--;
    this.#restIfQuiet();
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #recordOf(endpoint: Ejectable): Record {
    let record = this.#records.get(endpoint);
    if (record === undefined) this.#records.set(endpoint, (record = { failures: 0, ejections: 0, ejectedAt: 0 }));
    return record;
  }

  #eject(endpoint: Ejectable, record: Record): void {
    const { stats, env, members, onChange } = this.#options;
    stats['outlier_detection.ejections_detected_consecutive_gateway_failure']++;
    const share = (100 * this.#ejected.size) / members().length;
    if (this.#ejected.size > 0 && share >= this.#maxPercent) {
      stats['outlier_detection.ejections_overflow']++;
      return;
    }
    record.ejections++;
    record.ejectedAt = env.clock.now();
    endpoint.isEjected = true;
    this.#ejected.add(endpoint);
    stats['outlier_detection.ejections_active']++;
    stats['outlier_detection.ejections_enforced_total']++;
    stats['outlier_detection.ejections_enforced_consecutive_gateway_failure']++;
    this.#cancel ??= env.schedule.every(this.#intervalMillis, () => this.#sweep());
    onChange();
  }

  #sweep(): void {
    const { env, onChange } = this.#options;
    for (const endpoint of this.#ejected) {
      const record = this.#recordOf(endpoint);
      if (env.clock.now() < record.ejectedAt + this.#baseMillis * record.ejections) continue;
      record.failures = 0;
      endpoint.isEjected = false;
      this.forget(endpoint);
      onChange();
    }
  }

  /** Nobody to let back in: no timer. */
  #restIfQuiet(): void {
    if (this.#ejected.size === 0) this.close();
  }
}
