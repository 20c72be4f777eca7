import { type Connection, type KubeObject, type ResourceWatch, type Timing, watchResource } from 'fairlead/kube';
import type { Log } from 'fairlead/sdk';
import { Cluster } from './cluster.js';

/** Clusters beside the local one; more of them are left out. */
const maxClusters = 100;
const maxComplaints = 1000;

/** A secret: kubeconfigs by cluster id. */
type Secret = ReadonlyMap<string, string>;

interface Remote {
  readonly id: string;
  readonly kubeconfig: string;
  readonly cluster: Cluster;
}

/** What remote clusters live on. */
export interface RemoteOptions {
  /** To the cluster that has the secrets. */
  readonly connection: Connection;
  readonly namespace: string;
  readonly timing: Timing;
  readonly log: () => Log;
  /** Makes a connection of a kubeconfig; throws when it is none. */
  readonly connect: (kubeconfig: string, name: string) => Connection;
}

/**
 * The clusters that secrets name: labelled `istio/multiCluster: "true"`, one kubeconfig under each cluster id
 * (adapters.md 3). They come and go with their secrets, and none of them holds up anything.
 */
export class RemoteClusters {
  readonly #options: RemoteOptions;
  readonly #secrets: ResourceWatch<Secret>;
  readonly #remotes = new Map<string, Remote>();
  readonly #complaints = new Set<string>();
  #clusters: readonly Cluster[] = [];
  readonly #closing = new Set<Promise<void>>();

  constructor(options: RemoteOptions) {
    this.#options = options;
    const { connection, namespace, timing, log } = options;
    const fields = { namespace, server: connection.server };
    this.#secrets = watchResource<Secret>({
      connection,
      selection: { version: 'v1', plural: 'secrets', namespace, labelSelector: 'istio/multiCluster=true' },
      timing,
      maxObjects: maxClusters,
      prune: readSecret,
      onSet: () => this.#update(),
      onDelete: () => this.#update(),
      onExcess: (limit) => log().error('more cluster secrets than are kept', { ...fields, limit }),
      onState: (state) => {
        if (state.kind === 'failing')
          log().warn('cluster secrets cannot be followed', { ...fields, error: state.reason });
      },
    });
  }

  /** By cluster id. */
  get clusters(): readonly Cluster[] {
    return this.#clusters;
  }

  async close(): Promise<void> {
    await this.#secrets.stop();
    for (const remote of this.#remotes.values()) this.#drop(remote);
    this.#clusters = [];
    await Promise.all(this.#closing);
  }

  /** Brings the clusters in line with all secrets: what is not named as before goes, what is new comes. */
  #update(): void {
    const wanted = this.#collect();
    for (const remote of this.#remotes.values()) if (wanted.get(remote.id) !== remote.kubeconfig) this.#drop(remote);
    for (const [id, kubeconfig] of wanted) if (!this.#remotes.has(id)) this.#add(id, kubeconfig);
    this.#clusters = [...this.#remotes.values()].sort((a, b) => (a.id < b.id ? -1 : 1)).map(({ cluster }) => cluster);
  }

  #collect(): Secret {
    const wanted = new Map<string, string>();
    for (const secret of this.#secrets.values()) {
      for (const [id, kubeconfig] of secret) {
        if (wanted.has(id)) this.#complain('cluster is named twice, the first one counts', { cluster: id });
        else if (wanted.size < maxClusters) wanted.set(id, kubeconfig);
        else this.#complain('more clusters than are kept', { limit: maxClusters });
      }
    }
    return wanted;
  }

  #add(id: string, kubeconfig: string): void {
    const { log, timing, connect } = this.#options;
    try {
      const cluster = new Cluster({ name: id, connection: connect(kubeconfig, id), timing, log });
      this.#remotes.set(id, { id, kubeconfig, cluster });
      log().info('cluster added', { cluster: id });
    } catch (cause) {
      const error = cause instanceof Error ? cause.message : String(cause);
      this.#complain('cluster left out', { cluster: id, error });
    }
  }

  /** Once: every secret that changes goes through all of them. */
  #complain(message: string, fields: Readonly<Record<string, unknown>>): void {
    const text = JSON.stringify([message, fields]);
    if (this.#complaints.has(text) || this.#complaints.size >= maxComplaints) return;
    this.#complaints.add(text);
    this.#options.log().error(message, fields);
  }

  #drop({ id, cluster }: Remote): void {
    this.#remotes.delete(id);
    this.#options.log().info('cluster removed', { cluster: id });
    const closing = cluster.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}

function readSecret(object: KubeObject): Secret {
  const { data } = object;
  const entries =
    typeof data === 'object' && data !== null ? Object.entries(data as Readonly<Record<string, unknown>>) : [];
  return new Map(
    entries
      .filter((entry): entry is [string, string] => typeof entry[1] === 'string')
      .map(([id, text]) => [id, Buffer.from(text, 'base64').toString('utf8')]),
  );
}
