import { Cluster, Cluster_Discovery, Endpoints } from '../../gen/fairlead/proxy/v1/cluster.js';
import type { UpstreamEnv } from './env.js';
import { LiveCluster } from './live-cluster.js';
import type { ClusterSet, UpstreamCluster } from './types.js';

export interface ClusterSetOptions {
  readonly clusters: readonly Cluster[];
  /** Of clusters whose discovery is ENDPOINTS, by their name. */
  readonly endpoints: readonly Endpoints[];
  /** What is made instead of it; its clusters that are gone or changed drain from then on. */
  readonly previous?: LiveClusterSet | undefined;
  readonly env: UpstreamEnv;
}

/** A set of clusters with its life cycle. */
export interface LiveClusterSet extends ClusterSet {
  /** Names of DNS clusters have been looked up once, or could not be. */
  readonly ready: Promise<void>;
  /** Resolves when the requests under way have ended and the pooled connections are closed. Nothing is stopped by force. */
  close(): Promise<void>;
}

interface Entry {
  readonly cluster: LiveCluster;
  readonly bytes: Uint8Array;
  endpointBytes: Uint8Array;
}

/**
 * Makes clusters of configuration. A cluster whose configuration is the same, byte by byte, lives on, and is shared with
 * the set before; with other endpoints it takes these up. To be called when the rest of a configuration is known to be
 * good: then clusters of the set before drain, although they still serve who holds them.
 */
export function createClusterSet({ clusters, endpoints, previous, env }: ClusterSetOptions): LiveClusterSet {
  const before = previous instanceof Clusters ? previous.entries : new Map<string, Entry>();
  const members = new Map(endpoints.map((message) => [message.cluster, message]));
  const entries = new Map<string, Entry>();
  // Of two with one name the last counts.
  for (const message of new Map(clusters.map((cluster) => [cluster.name, cluster])).values()) {
    const old = before.get(message.name);
    const bytes = Cluster.encode(message).finish();
    const isSame = old !== undefined && Buffer.compare(old.bytes, bytes) === 0;
    const entry = isSame
      ? old
      : { cluster: new LiveCluster(message, env, old?.cluster.known), bytes, endpointBytes: new Uint8Array() };
    entries.set(message.name, entry);
    if (message.discovery === Cluster_Discovery.ENDPOINTS) takeEndpoints(entry, members.get(message.name));
  }
  for (const [name, { cluster }] of before) if (entries.get(name)?.cluster !== cluster) void cluster.close();
  return new Clusters(entries);
}

function takeEndpoints(entry: Entry, message: Endpoints | undefined): void {
  const bytes = message === undefined ? new Uint8Array() : Endpoints.encode(message).finish();
  if (Buffer.compare(entry.endpointBytes, bytes) === 0) return;
  entry.endpointBytes = bytes;
  entry.cluster.update(message?.localities ?? []);
}

class Clusters implements LiveClusterSet {
  readonly entries: ReadonlyMap<string, Entry>;
  readonly ready: Promise<void>;
  readonly #sorted: readonly UpstreamCluster[];

  constructor(entries: ReadonlyMap<string, Entry>) {
    this.entries = entries;
    const clusters = [...entries.values()].map(({ cluster }) => cluster);
    this.#sorted = clusters.sort((one, other) => (one.name < other.name ? -1 : 1));
    this.ready = Promise.all(clusters.map(({ ready }) => ready)).then(() => undefined);
  }

  get(name: string): UpstreamCluster | undefined {
    return this.entries.get(name)?.cluster;
  }

  all(): readonly UpstreamCluster[] {
    return this.#sorted;
  }

  async close(): Promise<void> {
    await Promise.all([...this.entries.values()].map(({ cluster }) => cluster.close()));
  }
}
