import {
  type Connection,
  type KubeObject,
  type ResourceType,
  type ResourceWatch,
  type Timing,
  watchResource,
  type WatchState,
} from '../../../kube/index.js';
import { ServiceTable } from '../service-table.js';
import type { KnownService, LiveRegistry, RegistryChange, RegistryLog } from '../tracked-registry.js';
import { ClusterState, type NodeFacts } from './cluster-state.js';
import { type EndpointFacts, readEndpoints, readSlice } from './read-endpoints.js';
import { type PodFacts, readNode, readPod } from './read-pod.js';
import { type Naming, readService, type ServiceFacts } from './read-service.js';

/** Most objects of one kind that are kept of a cluster. */
const maxObjects = 150_000;

const types = {
  services: { version: 'v1', plural: 'services' },
  slices: { group: 'discovery.k8s.io', version: 'v1', plural: 'endpointslices' },
  endpoints: { version: 'v1', plural: 'endpoints' },
  pods: { version: 'v1', plural: 'pods' },
  nodes: { version: 'v1', plural: 'nodes' },
} as const satisfies Record<string, ResourceType>;

/** Which cluster, and what it and its services are called. */
export interface KubernetesOptions {
  /** Closed together with the registry. */
  readonly connection: Connection;
  readonly timing: Timing;
  readonly log: RegistryLog;
  /** As `Service.registry` and logs name it; `kubernetes` when left out. */
  readonly name?: string | undefined;
  readonly domain?: string | undefined;
  readonly trustDomain?: string | undefined;
  /** The network that its pods are in. */
  readonly network?: string | undefined;
}

/** Follows the services of a cluster and where they run. Several clusters are several of these, merged. */
export function openKubernetesRegistry(options: KubernetesOptions): LiveRegistry {
  return new KubernetesRegistry(options);
}

class KubernetesRegistry implements LiveRegistry {
  readonly name: string;
  readonly ready: Promise<void>;
  readonly #options: KubernetesOptions;
  readonly #naming: Naming;
  readonly #table = new ServiceTable();
  readonly #state: ClusterState;
  readonly #watches: ResourceWatch<unknown>[] = [];
  /** Kinds whose first list has not come. */
  readonly #awaited = new Set<keyof typeof types>(['services', 'slices', 'pods', 'nodes']);
  #becomeReady!: () => void;
  #followsEndpoints = false;
  #knowsEndpoints = false;
  #areSlicesRefused = false;
  #isFlushing = false;
  #isClosed = false;

  constructor(options: KubernetesOptions) {
    const { name = 'kubernetes', domain = 'cluster.local', trustDomain = 'cluster.local', network = '' } = options;
    this.name = name;
    this.#options = options;
    this.#naming = { registry: name, domain, trustDomain };
    this.#state = new ClusterState(network);
    this.ready = new Promise((resolve) => (this.#becomeReady = resolve));
    this.#followServices();
    this.#followSlices();
    this.#followPods(trustDomain);
    this.#followNodes();
  }

  get instanceCount(): number {
    return this.#table.instanceCount;
  }

  keys(): Iterable<string> {
    return this.#table.keys();
  }

  get(key: string): KnownService | undefined {
    return this.#table.get(key);
  }

  services() {
    return this.#table.services();
  }

  instances() {
    return this.#table.instances();
  }

  onChange(listener: (change: RegistryChange) => void): () => void {
    return this.#table.onChange(listener);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#watches.map((watch) => watch.stop()));
    this.#options.connection.close();
  }

  #followServices(): void {
    const state = this.#state;
    this.#follow<ServiceFacts>('services', {
      prune: (object) => readService(object, this.#naming),
      onSet: (facts) => state.setService(facts),
      onDelete: (facts) => state.deleteService(facts),
    });
  }

  #followSlices(): void {
    const state = this.#state;
    this.#follow<EndpointFacts>('slices', {
      prune: readSlice,
      onSet: (facts, before) => state.setEndpoints('slices', facts, before),
      onDelete: (facts) => state.deleteEndpoints('slices', facts),
    });
  }

  /** Clusters and roles from before slices. */
  #followEndpoints(): void {
    if (this.#followsEndpoints || this.#isClosed) return;
    this.#followsEndpoints = true;
    const state = this.#state;
    if (this.#awaited.size > 0) this.#awaited.add('endpoints');
    this.#follow<EndpointFacts>('endpoints', {
      prune: readEndpoints,
      onSet: (facts, before) => state.setEndpoints('endpoints', facts, before),
      onDelete: (facts) => state.deleteEndpoints('endpoints', facts),
    });
  }

  #followPods(trustDomain: string): void {
    const state = this.#state;
    this.#follow<PodFacts>('pods', {
      prune: (object) => readPod(object, trustDomain),
      onSet: (pod, before) => state.setPod(pod, before),
      onDelete: (pod) => state.deletePod(pod),
    });
  }

  #followNodes(): void {
    const state = this.#state;
    this.#follow<NodeFacts>('nodes', {
      prune: (object) => {
        const { name } = object.metadata;
        return typeof name === 'string' ? { name, locality: readNode(object) } : undefined;
      },
      onSet: (node) => state.setNode(node),
      onDelete: (node) => state.deleteNode(node),
    });
  }

  #follow<T>(
    kind: keyof typeof types,
    listener: {
      prune(object: KubeObject): T | undefined;
      onSet(value: T, before: T | undefined): void;
      onDelete(value: T): void;
    },
  ): void {
    const { connection, timing, log } = this.#options;
    const selection = types[kind];
    const fields = { registry: this.name, server: connection.server, resource: selection.plural };
    const watch = watchResource<T>({
      connection,
      selection,
      timing,
      maxObjects,
      prune: (object) => listener.prune(object),
      onSet: (value, before) => {
        listener.onSet(value, before);
        this.#flushSoon();
      },
      onDelete: (value) => {
        listener.onDelete(value);
        this.#flushSoon();
      },
      onExcess: (limit) => log.warn('more objects than are kept', { ...fields, limit }),
      onState: (state) => {
        if (state.kind === 'following') log.info('following a resource', { ...fields, objects: state.objects });
        else log.warn('resource cannot be followed', { ...fields, error: state.reason });
        this.#note(kind, state);
      },
    });
    this.#watches.push(watch);
  }

  #note(kind: keyof typeof types, state: WatchState): void {
    const isRefused = state.kind === 'failing' && (state.status === 403 || state.status === 404);
    this.#chooseEndpoints(kind, { isFollowed: state.kind === 'following', isRefused });
    // Without pods and nodes less is known about instances; without services or endpoints there would be none.
    if (state.kind === 'failing' && (!isRefused || kind === 'services' || kind === 'endpoints')) return;
    if (!this.#awaited.delete(kind) || this.#awaited.size > 0) return;
    this.#flush();
    this.#becomeReady();
  }

  /** While slices may not be read, what they told last stays as it was, and endpoints go on. */
  #chooseEndpoints(kind: keyof typeof types, { isFollowed, isRefused }: Record<'isFollowed' | 'isRefused', boolean>) {
    if (kind === 'slices' && isRefused) this.#followEndpoints();
    if (kind === 'slices' && (isFollowed || isRefused)) this.#areSlicesRefused = isRefused;
    if (kind === 'endpoints' && isFollowed) this.#knowsEndpoints = true;
    this.#state.setOldSlices(this.#areSlicesRefused && this.#knowsEndpoints);
    this.#flushSoon();
  }

  /** What comes at once, such as a list, is one change. */
  #flushSoon(): void {
    if (this.#isFlushing || this.#awaited.size > 0) return;
    this.#isFlushing = true;
    queueMicrotask(() => {
      this.#isFlushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (!this.#state.isTouched || this.#isClosed) return;
    const { domain } = this.#naming;
    this.#table.update(
      this.#state.takeTouched((namespace, name) => `${namespace}/${name}.${namespace}.svc.${domain}`.toLowerCase()),
    );
  }
}
