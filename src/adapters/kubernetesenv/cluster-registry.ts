import { chooseCluster, connectCluster, connectKubeconfigText, type Connection, readEnvironment } from 'fairlead/kube';
import type { Cancel, Env, Log, MetricsSource } from 'fairlead/sdk';
import { Cluster } from './cluster.js';
import type { KubernetesenvConfig } from './config.js';
import { ipKey, type IpKey, ipKeyOfText } from './ip-key.js';
import { LentTime } from './lent-time.js';
import type { HeldRegistry, Registry } from './registry.js';
import { RemoteClusters } from './remote-clusters.js';
import { canonicalUid, type Workload } from './workload.js';

/** How long a build waits for a cluster that answers but has not told all. The configuration waits for the build. */
const patienceMillis = 4000;

const silent = (): void => undefined;
const noLog: Log = { debugEnabled: false, debug: silent, info: silent, warn: silent, error: silent };

/** How clusters are reached; a test gives its own. */
export interface Connect {
  /** Undefined when there is no cluster to speak of. */
  readonly local: () => Promise<Connection | undefined>;
  readonly remote: (kubeconfig: string, name: string) => Connection;
}

/**
 * The pods of the local cluster and of those that its secrets name. Shared by all handlers of one host that ask for
 * the same, also across a change of configuration; all ends with the last of them.
 */
export class ClusterRegistry implements Registry, MetricsSource {
  readonly #time = new LentTime();
  readonly #log = (): Log => this.#time.log ?? noLog;
  #starting: Promise<void> | undefined;
  #connection: Connection | undefined;
  #local: Cluster | undefined;
  #remotes: RemoteClusters | undefined;
  #isNowhere = false;

  constructor(
    private readonly connect: Connect,
    private readonly namespace: string,
  ) {}

  get size(): number {
    return this.#clusters().reduce((sum, cluster) => sum + cluster.size, 0);
  }

  byUid(uid: string): Workload | undefined {
    const found = this.#find((cluster) => cluster.byUid(uid));
    if (found !== undefined) return found;
    // Other spellings are rare, and unknown pods are too.
    const ip = ipKeyOfText(uid);
    if (ip !== undefined) return this.#byIpKey(ip);
    const canonical = canonicalUid(uid);
    return canonical === undefined || canonical === uid ? undefined : this.#find((cluster) => cluster.byUid(canonical));
  }

  byIp(ip: Uint8Array): Workload | undefined {
    const key = ipKey(ip);
    return key === undefined ? undefined : this.#byIpKey(key);
  }

  /** Pods are no metrics: shared, but not shown. */
  exposition(): string {
    return '';
  }

  pieces(): Iterable<string> {
    return [];
  }

  /** Holds the registry on behalf of a handler; gives what lets go, and resolves when nothing is left of it. */
  join(env: Env): () => Promise<void> {
    const leave = this.#time.join(env);
    return async () => {
      leave();
      if (!this.#time.isHeld) await this.#stop();
    };
  }

  /** Resolves when pods are known, or after a while when the cluster is slow; rejects when they cannot be had. */
  async start(env: Env): Promise<void> {
    this.#starting ??= this.#start();
    let cancel: Cancel = () => undefined;
    const late = new Promise<'late'>((resolve) => {
      cancel = env.schedule.after(patienceMillis, () => resolve('late'));
    });
    try {
      const outcome = this.#isReady() ? undefined : await Promise.race([this.#starting, late]);
      if (outcome === 'late') env.log.warn('cluster is slow, pods are still unknown', { waited: patienceMillis });
    } finally {
      cancel();
    }
  }

  async #start(): Promise<void> {
    const connection = await this.connect.local();
    if (!this.#time.isHeld) return connection?.close();
    if (connection === undefined) {
      this.#isNowhere = true;
      // Nothing will change that; and who uses the default configuration elsewhere should be served.
      this.#log().error('there is no cluster here, nothing is known about workloads', {});
      return;
    }
    this.#connection = connection;
    const [timing, log] = [this.#time, this.#log];
    this.#local = new Cluster({ name: 'local', connection, timing, log });
    const { namespace } = this;
    this.#remotes = new RemoteClusters({ connection, namespace, timing, log, connect: this.connect.remote });
    await this.#local.ready;
  }

  /** Not by how the start went: a cluster that failed then may have come back. */
  #isReady(): boolean {
    return this.#isNowhere || this.#local?.isSynced === true;
  }

  async #stop(): Promise<void> {
    await Promise.all([this.#local?.close(), this.#remotes?.close()]);
    this.#connection?.close();
  }

  #byIpKey(ip: IpKey): Workload | undefined {
    return this.#find((cluster) => cluster.byIp(ip));
  }

  /** The first cluster that knows counts: the local one, then others by their id. */
  #find(ask: (cluster: Cluster) => Workload | undefined): Workload | undefined {
    const found = this.#local === undefined ? undefined : ask(this.#local);
    if (found !== undefined) return found;
    for (const cluster of this.#remotes?.clusters ?? []) {
      const remote = ask(cluster);
      if (remote !== undefined) return remote;
    }
    return undefined;
  }

  #clusters(): readonly Cluster[] {
    return this.#local === undefined ? [] : [this.#local, ...(this.#remotes?.clusters ?? [])];
  }
}

/** Opens the registry of the configured cluster. Rejects when the cluster cannot be read; the host tries again. */
export async function openCluster(config: KubernetesenvConfig, env: Env): Promise<HeldRegistry> {
  const environment = readEnvironment();
  const choice = chooseCluster(config.kubeconfigPath, environment);
  const namespace = config.clusterRegistriesNamespace || environment.podNamespace || 'istio-system';
  const connect: Connect = { local: () => connectCluster(choice, environment), remote: connectKubeconfigText };
  return holdRegistry(`kubernetesenv ${JSON.stringify([choice.kubeconfigPath ?? '', namespace])}`, env, () => {
    return new ClusterRegistry(connect, namespace);
  });
}

/** Takes part in a shared registry and waits until it is of use. */
export async function holdRegistry(key: string, env: Env, create: () => ClusterRegistry): Promise<HeldRegistry> {
  const exposed = env.expose(key, create);
  const registry = exposed.source;
  const leave = registry.join(env);
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= leave();
    // At once: who comes now must not get a registry that is ending.
    exposed.release();
    return closing;
  };
  try {
    await registry.start(env);
    return { registry, close };
  } catch (error) {
    await close();
    throw error;
  }
}
