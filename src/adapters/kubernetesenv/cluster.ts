import { type Connection, type ResourceType, type ResourceWatch, type Timing, watchResource } from 'fairlead/kube';
import type { WatchState } from 'fairlead/kube';
import type { Log } from 'fairlead/sdk';
import type { IpKey } from './ip-key.js';
import { controllerOf, type FindOwner, isSameOwner, nobody, type OwnedBy, Owners } from './owners.js';
import { PodIndex } from './pod-index.js';
import { Pod } from './pod.js';
import type { Workload } from './workload.js';

/** Most pods, and most owners of one kind, that are kept of a cluster. */
const maxObjects = 150_000;

const podType: ResourceType = { version: 'v1', plural: 'pods' };

/** The kinds between a pod and what people deploy. */
const ownerTypes: Readonly<Record<string, ResourceType>> = {
  ReplicaSet: { group: 'apps', version: 'v1', plural: 'replicasets' },
  ReplicationController: { version: 'v1', plural: 'replicationcontrollers' },
  Job: { group: 'batch', version: 'v1', plural: 'jobs' },
};

/** What a cluster lives on. */
export interface ClusterOptions {
  /** As logs name it. */
  readonly name: string;
  readonly connection: Connection;
  readonly timing: Timing;
  readonly log: () => Log;
}

/** The pods of one cluster and who owns them, kept up to date until it is closed. */
export class Cluster {
  /** Resolves when all is known for the first time; rejects when pods cannot be had then. Nobody has to wait for it. */
  readonly ready: Promise<void>;
  readonly #options: ClusterOptions;
  readonly #pods = new PodIndex();
  readonly #owners: Owners;
  readonly #watches: ResourceWatch<unknown>[] = [];
  #podWatch: ResourceWatch<Pod> | undefined;

  constructor(options: ClusterOptions) {
    this.#options = options;
    const found = new Map<string, FindOwner>();
    this.#owners = new Owners(found);
    const pods = this.#followPods();
    const owners = Object.entries(ownerTypes).map(([kind, type]) => this.#followOwners(kind, type, found));
    this.ready = Promise.all([pods, ...owners]).then(() => undefined);
    // Who does not wait learns of failures from the log.
    this.ready.catch(() => undefined);
  }

  get size(): number {
    return this.#pods.size;
  }

  /** Whether all pods were known at least once. */
  get isSynced(): boolean {
    return this.#podWatch?.isSynced === true;
  }

  byUid(uid: string): Workload | undefined {
    return this.#pods.byUid(uid)?.workload(this.#owners);
  }

  byIp(ip: IpKey): Workload | undefined {
    return this.#pods.byIp(ip)?.workload(this.#owners);
  }

  async close(): Promise<void> {
    await Promise.all(this.#watches.map((watch) => watch.stop()));
    this.#options.connection.close();
  }

  #followPods(): Promise<void> {
    const first = new FirstState(() => false);
    const watch = watchResource<Pod>({
      ...this.#common(podType, first),
      prune: (object) => Pod.from(object),
      onSet: (pod, before) => {
        if (before !== undefined) this.#pods.delete(before);
        this.#pods.add(pod);
      },
      onDelete: (pod) => this.#pods.delete(pod),
    });
    this.#watches.push(watch);
    this.#podWatch = watch;
    return first.good;
  }

  #followOwners(kind: string, type: ResourceType, found: Map<string, FindOwner>): Promise<void> {
    // Roles written for Mixer do not name all of these: then the chain of owners ends earlier.
    const first = new FirstState((status) => status === 403 || status === 404);
    const watch = watchResource<OwnedBy>({
      ...this.#common(type, first),
      prune: ({ metadata }) => controllerOf(metadata) ?? nobody,
      onSet: (owner, before) => {
        if (!isSameOwner(owner, before)) this.#owners.change();
      },
      onDelete: () => this.#owners.change(),
    });
    found.set(kind, (name, namespace) => watch.get(name, namespace));
    this.#watches.push(watch);
    return first.good;
  }

  #common(selection: ResourceType, first: FirstState) {
    const { connection, timing, log, name } = this.#options;
    const fields = { cluster: name, server: connection.server, resource: selection.plural };
    return {
      connection,
      selection,
      timing,
      maxObjects,
      onExcess: (limit: number) => log().error('more objects than are kept', { ...fields, limit }),
      onState: (state: WatchState) => {
        first.take(state);
        if (state.kind === 'following') log().info('following a resource', { ...fields, objects: state.objects });
        else log().warn('resource cannot be followed', { ...fields, error: state.reason });
      },
    };
  }
}

/** How following began. */
class FirstState {
  readonly good: Promise<void>;
  #resolve!: () => void;
  #reject!: (error: Error) => void;

  /** `mayLack` says which answers of the server one can live with. */
  constructor(private readonly mayLack: (status: number | undefined) => boolean) {
    this.good = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  take(state: WatchState): void {
    if (state.kind === 'following' || this.mayLack(state.status)) this.#resolve();
    else this.#reject(new Error(state.reason));
  }
}
