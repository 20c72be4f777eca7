import { type LoadResult, resourceKey } from '../../config/index.js';
import type { Diagnostic } from '../../util/diagnostics.js';
import { kindOf } from '../kinds/decode-config.js';
import { createModel, type Model } from '../model/model.js';
import { type MergedRegistry, mergeRegistries } from '../registry/merged-registry.js';
import type { Registry } from '../registry/registry.js';
import type { RegistryChange } from '../registry/tracked-registry.js';
import type { Change } from '../xds/debounce.js';
import type { XdsNode } from '../xds/node.js';
import { createXdsServer, type XdsServer } from '../xds/server.js';
import type { Snapshot } from '../xds/snapshot.js';
import { connectThrough } from './clients.js';
import type { PilotEnv } from './env.js';
import { builtInFlavours } from './flavours.js';
import { createPilotMetrics } from './metrics.js';
import { movesOf } from './moves.js';
import type { ConnectedClients, Pilot, PilotMetrics, PilotOptions, Push } from './types.js';
import { ViewTable, type ViewUser } from './views.js';

/** Makes a Pilot of what is known now; it follows the store and the registries from then on. */
export function createPilot(options: PilotOptions): Pilot {
  return new RunningPilot(options);
}

// A configuration that is wrong at more places is wrong as a whole.
const MAX_PROBLEMS = 1000;

class RunningPilot implements Pilot {
  readonly version: string;
  readonly env: PilotEnv;
  readonly xds: XdsServer;
  readonly clients: ConnectedClients;
  readonly metrics: PilotMetrics;
  readonly registries: readonly Registry[];
  readonly registry: MergedRegistry;
  readonly #options: PilotOptions;
  readonly #views: ViewTable;
  readonly #server: XdsServer;
  readonly #unfollow: readonly (() => void)[];
  readonly #problems = new Set<string>();
  /** Those whose first snapshot was made: from then on they are asked for in pushes. */
  readonly #served = new WeakSet<XdsNode>();
  /** What has moved since the last push. */
  readonly #moved = { keys: new Set<string>(), hosts: new Set<string>(), addresses: new Set<string>() };
  #model: Model;
  #signature: string;
  #push: Push;
  /** When the first change came that has not been pushed. */
  #since: number | undefined;

  constructor(options: PilotOptions) {
    const { store, registries, env, version, flavours = builtInFlavours, limits, guard } = options;
    this.#options = options;
    this.env = env;
    this.version = version;
    this.registries = registries;
    this.metrics = createPilotMetrics(version);
    this.registry = mergeRegistries({ registries, timing: env, log: env.log, guard });
    this.#model = this.#read();
    this.#signature = signatureOf(store.current());
    this.#push = pushAt(env.now(), { number: 1, kind: 'full', since: env.now() });
    this.#views = new ViewTable({
      flavours,
      model: () => this.#model,
      version: () => this.#push.version,
      now: () => env.now(),
      onProblem: (message) => this.#complain(message),
      onBuilt: (millis) => this.metrics.built(millis),
    });
    this.#server = createXdsServer({
      env,
      observer: this.metrics.observer,
      ...(limits !== undefined && { limits }),
      refresh: (change) => this.#refresh(change),
      snapshotFor: (node) => this.#serve(node),
    });
    const { xds, clients } = connectThrough(this.#server, {
      views: this.#views,
      lastPush: () => this.#push,
      now: () => env.now(),
      onConverged: (millis) => this.metrics.converged(millis),
    });
    this.xds = xds;
    this.clients = clients;
    this.#unfollow = [
      this.registry.onChange((change) => this.#takeServices(change)),
      store.onChange((state) => this.#takeConfig(state)),
    ];
    this.#tell();
  }

  get model(): Model {
    return this.#model;
  }

  get lastPush(): Push {
    return this.#push;
  }

  get problems(): readonly string[] {
    return [...this.#problems];
  }

  get diagnostics(): readonly Diagnostic[] {
    return [...this.#options.store.current().diagnostics, ...this.#model.diagnostics];
  }

  get views(): number {
    return this.#views.size;
  }

  snapshotOf({ node }: ViewUser): Snapshot {
    return this.#views.snapshotFor(node);
  }

  close(): void {
    for (const stop of this.#unfollow) stop();
    this.#server.close();
    this.registry.close();
  }

  #read(): Model {
    const { resources } = this.#options.store.current();
    return createModel({ resources, registries: [this.registry], former: this.#model });
  }

  #notify(change: Change, what: 'config' | 'svc' | 'eds'): void {
    this.#since ??= this.env.now();
    this.metrics.heard(what);
    this.#server.notify(change);
  }

  #takeConfig(state: LoadResult): void {
    const next = signatureOf(state);
    // Rules and handlers are Mixer's: what is wrong with them is told, but no proxy needs to hear of them.
    if (next === this.#signature) {
      this.#tell();
      return;
    }
    this.#signature = next;
    this.#notify({ kind: 'full' }, 'config');
  }

  #takeServices(change: RegistryChange): void {
    const found = movesOf(change, {
      get: (key) => this.registry.get(key),
      former: (service) => this.#model.services.instances(service),
      hasAutoTls: this.#model.mesh.enableAutoMtls,
    });
    if (found.kind === 'full') {
      this.#notify(found, 'svc');
      return;
    }
    for (const part of ['keys', 'hosts', 'addresses'] as const) {
      for (const one of found[part]) this.#moved[part].add(one);
    }
    // Whom it touches is known when it is pushed: until then clients may come.
    this.#notify({ kind: 'endpoints', names: new Set() }, 'eds');
  }

  /** Works out what the push that begins now is made of. */
  #refresh(change: Change): Change {
    const at = this.env.now();
    this.#push = pushAt(at, { number: this.#push.number + 1, kind: change.kind, since: this.#since ?? at });
    this.#since = undefined;
    let refreshed = change;
    try {
      if (change.kind === 'full') {
        this.#problems.clear();
        this.#model = this.#read();
        this.#views.renew();
        this.#tell();
      } else {
        refreshed = this.#moveEndpoints();
      }
    } catch (error) {
      this.metrics.failed();
      throw error;
    }
    for (const part of Object.values(this.#moved)) part.clear();
    this.metrics.pushed(change.kind, this.env.now() - at);
    return refreshed;
  }

  #moveEndpoints(): Change {
    const { keys, hosts, addresses } = this.#moved;
    this.#model = this.#model.withInstances(keys, this.registry);
    this.#views.move(hosts, addresses);
    const whole = this.#views.usersAt(addresses);
    return { kind: 'endpoints', names: this.#views.clustersOf(hosts), ...(whole.size > 0 && { whole }) };
  }

  #serve(node: XdsNode): Snapshot {
    if (this.#served.has(node)) this.metrics.queued(this.env.now() - this.#push.at);
    this.#served.add(node);
    return this.#views.snapshotFor(node);
  }

  #tell(): void {
    this.#options.onDiagnostics?.(this.diagnostics);
  }

  #complain(message: string): void {
    if (this.#problems.has(message) || this.#problems.size >= MAX_PROBLEMS) return;
    this.#problems.add(message);
    this.#options.onProblem?.(message);
  }
}

function pushAt(at: number, rest: Pick<Push, 'number' | 'kind' | 'since'>): Push {
  return { ...rest, at, version: `${new Date(at).toISOString()}/${rest.number}` };
}

/** Tells apart what Pilot reads. */
function signatureOf({ resources }: LoadResult): string {
  return resources
    .filter((resource) => kindOf(resource) !== undefined)
    .map((resource) => `${resourceKey(resource)} ${resource.digest}`)
    .join('\n');
}
