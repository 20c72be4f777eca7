import type { Cluster, Endpoints } from '../gen/fairlead/proxy/v1/cluster.js';
import type { ProxyConfig } from '../gen/fairlead/proxy/v1/config.js';
import { createClusterSet, type LiveClusterSet, type UpstreamEnv } from './upstream/index.js';
import type { UpstreamCluster } from './upstream/types.js';

interface Entry {
  readonly cluster: Cluster;
  endpoints: Endpoints | undefined;
  /** Of this cluster alone. */
  set: LiveClusterSet;
}

/**
 * Makes the clusters of a configuration, in place of those of the former one. A cluster whose messages are the very
 * objects of before is not even looked at, so that of a large mesh only what has changed costs something.
 */
export function createClusters(config: ClusterConfig, former: Clusters | undefined, env: UpstreamEnv): Clusters {
  return former?.move(config, env) === true ? former : replaceClusters(config, former, env);
}

function replaceClusters(config: ClusterConfig, former: Clusters | undefined, env: UpstreamEnv): Clusters {
  const { clusters, endpoints } = config;
  const members = new Map(endpoints.map((message) => [message.cluster, message]));
  const entries = new Map<string, Entry>();
  // Of two with one name the last counts.
  for (const cluster of new Map(clusters.map((one) => [one.name, one])).values()) {
    const known = former?.entries.get(cluster.name);
    const own = members.get(cluster.name);
    if (known?.cluster === cluster && known.endpoints === own) entries.set(cluster.name, known);
    else {
      const given = { clusters: [cluster], endpoints: own === undefined ? [] : [own], previous: known?.set, env };
      entries.set(cluster.name, { cluster, endpoints: own, set: createClusterSet(given) });
    }
  }
  for (const [name, { set }] of former?.entries ?? []) if (!entries.has(name)) void set.close();
  return new Clusters(config, entries);
}

type ClusterConfig = Pick<ProxyConfig, 'clusters' | 'endpoints'>;

/** The clusters of one configuration, and of those after it that move nothing but endpoints. */
export class Clusters implements LiveClusterSet {
  readonly entries: ReadonlyMap<string, Entry>;
  #config: ClusterConfig;
  #sorted: readonly UpstreamCluster[] | undefined;

  constructor(config: ClusterConfig, entries: ReadonlyMap<string, Entry>) {
    this.#config = config;
    this.entries = entries;
  }

  /** Takes up other endpoints of the same clusters in the same order; false where more is other than that. */
  move(config: ClusterConfig, env: UpstreamEnv): boolean {
    const { clusters, endpoints: before } = this.#config;
    const { endpoints } = config;
    if (config.clusters !== clusters || endpoints.length !== before.length) return false;
    const moved = endpoints.filter((one, at) => one !== before[at]);
    if (moved.length > 0 && endpoints.some((one, at) => one.cluster !== before[at]?.cluster)) return false;
    this.#config = config;
    for (const own of moved) {
      const entry = this.entries.get(own.cluster);
      if (entry === undefined) continue;
      entry.set = createClusterSet({ clusters: [entry.cluster], endpoints: [own], previous: entry.set, env });
      entry.endpoints = own;
    }
    return true;
  }

  get ready(): Promise<void> {
    return Promise.all(Array.from(this.entries.values(), ({ set }) => set.ready)).then(() => undefined);
  }

  get(name: string): UpstreamCluster | undefined {
    return this.entries.get(name)?.set.get(name);
  }

  all(): readonly UpstreamCluster[] {
    this.#sorted ??= [...this.entries.values()]
      .flatMap(({ set }) => set.all())
      .sort((one, other) => (one.name < other.name ? -1 : 1));
    return this.#sorted;
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.entries.values(), ({ set }) => set.close()));
  }
}
