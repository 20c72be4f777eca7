import type { Resource } from '../config/index.js';
import type { Engine } from '../expr/index.js';
import type { Adapter, Cancel, Template } from '../sdk/index.js';
import { compareDiagnostics, type Diagnostic } from '../util/diagnostics.js';
import { MixerError } from '../util/errors.js';
import { Dispatcher } from './dispatch/dispatcher.js';
import { BUILD_TIMEOUT_MS } from './handlers/build-handler.js';
import { type Obtained, HandlerPool } from './handlers/pool.js';
import type { Host } from './host/host.js';
import { type Lease, SnapshotLease } from './lease.js';
import { LoadQueue } from './load-queue.js';
import { buildRoutingTable } from './routing/build.js';
import { buildFailures } from './snapshot/build-failures.js';
import { compileConfiguration, type Configuration } from './snapshot/configuration.js';
import { DRAIN_TIMEOUT_MS, LiveSnapshot } from './snapshot/live-snapshot.js';
import { countDestinations, type RuntimeCounters } from './snapshot/runtime-counters.js';
import type { Snapshot } from './snapshot/snapshot.js';

/** What a runtime is made of. */
export interface RuntimeOptions {
  readonly adapters: readonly Adapter[];
  readonly templates: readonly Template[];
  readonly host: Host;
  /** The namespace whose rules apply to all requests; `istio-system` when left out. */
  readonly defaultNamespace?: string | undefined;
  /** How expressions are run; compiled when left out, if code generation is allowed. */
  readonly engine?: Engine | undefined;
  /** How long building a handler may take; 5 s when left out. */
  readonly buildTimeoutMs?: number | undefined;
  /** How long requests may keep replaced handlers open; 10 s when left out. */
  readonly drainTimeoutMs?: number | undefined;
  /** From 0 to 1, for the jitter of retries. */
  readonly random?: (() => number) | undefined;
}

interface Load {
  readonly resources: readonly Resource[];
  readonly diagnostics: readonly Diagnostic[];
}

interface State {
  readonly configuration: Configuration;
  /** What the store found before the runtime looked. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The engine without its transport: turns resources into snapshots and runs requests on the newest one. One swap makes
 * a snapshot live; requests under way keep theirs.
 */
export class Runtime {
  readonly #options: RuntimeOptions;
  readonly #pool: HandlerPool;
  readonly #queue = new LoadQueue<Load | undefined, Snapshot>(
    (load) => this.#work(load),
    (earlier, later) => later ?? earlier,
  );
  readonly #listeners = new Set<(snapshot: Snapshot) => void>();
  readonly #retiring = new Set<Promise<void>>();
  #state: State;
  #live: LiveSnapshot<Dispatcher>;
  #handled = { created: 0, reused: 0, failed: 0, unsatisfied: 0, closed: 0, closeFailures: 0 };
  #closed = false;

  constructor(options: RuntimeOptions) {
    this.#options = options;
    this.#pool = new HandlerPool({
      host: options.host,
      buildTimeoutMs: options.buildTimeoutMs ?? BUILD_TIMEOUT_MS,
      random: options.random ?? Math.random,
      onReady: () => void this.#refresh(),
      onClosed: (result) => this.#handled[result === 'closed' ? 'closed' : 'closeFailures']++,
    });
    this.#state = { configuration: this.#compile([]), diagnostics: [] };
    const nothing: Obtained = { handlers: new Map(), failures: new Map(), created: 0, reused: 0 };
    this.#live = this.#createLive(this.#state, nothing, -1);
  }

  /** The snapshot that new requests run on. */
  get snapshot(): Snapshot {
    return this.#live.snapshot;
  }

  /** Numbers about the newest snapshot, for the monitoring port. */
  get counters(): RuntimeCounters {
    const handled = this.#handled;
    return {
      ...this.#state.configuration.counters,
      mixer_config_unsatisfied_action_handler_total: handled.unsatisfied,
      mixer_handler_new_handlers_total: handled.created,
      mixer_handler_reused_handlers_total: handled.reused,
      mixer_handler_closed_handlers_total: handled.closed,
      mixer_handler_handler_build_failures_total: handled.failed,
      mixer_handler_handler_close_failures_total: handled.closeFailures,
      mixer_dispatcher_destinations_per_variety_total: countDestinations(this.snapshot.table.destinations),
    };
  }

  /**
   * Makes these resources the configuration. `diagnostics` are what the store found; they are shown with the runtime's
   * own. Loads run one after the other; one that is overtaken before it began gives the later one's snapshot. Bad
   * resources never make it fail: the snapshot's diagnostics tell. Rejects with MixerError UNAVAILABLE once closed.
   */
  load(resources: readonly Resource[], diagnostics: readonly Diagnostic[] = []): Promise<Snapshot> {
    return this.#queue.submit({ resources, diagnostics });
  }

  /** Takes hold of the newest snapshot for one request. */
  acquire(): Lease {
    return new SnapshotLease(this.#live);
  }

  /** Hears of every snapshot that goes live. A listener that throws is logged. */
  onSnapshot(listener: (snapshot: Snapshot) => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ends all loading, waits for running requests within the drain timeout, and closes every handler. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#queue.idle();
    this.#retire(this.#live);
    await Promise.all(this.#retiring);
    await this.#pool.close();
  }

  #compile(resources: readonly Resource[]): Configuration {
    const { adapters, templates, engine } = this.#options;
    return compileConfiguration({ resources, adapters, templates, engine, former: this.#former });
  }

  get #former(): ReadonlyMap<string, Resource> | undefined {
    return (this.#state as State | undefined)?.configuration.good;
  }

  /** Undefined asks for the same configuration again, with handlers that could be built in the meantime. */
  async #work(load: Load | undefined): Promise<Snapshot> {
    if (this.#closed) throw new MixerError('UNAVAILABLE', 'the runtime is closed');
    const state =
      load === undefined
        ? this.#state
        : { configuration: this.#compile(load.resources), diagnostics: load.diagnostics };
    const obtained = await this.#pool.obtain(state.configuration.uses);
    try {
      this.#swap(state, this.#createLive(state, obtained, this.snapshot.id + 1));
    } catch (error) {
      for (const handler of obtained.handlers.values()) handler.release();
      throw error;
    }
    return this.snapshot;
  }

  #createLive(state: State, obtained: Obtained, id: number): LiveSnapshot<Dispatcher> {
    const { host, defaultNamespace = 'istio-system' } = this.#options;
    const { configuration } = state;
    const handlers = [...obtained.handlers.values()];
    const entries = new Map([...obtained.handlers].map(([key, { entry }]) => [key, entry]));
    const { table, unsatisfied } = buildRoutingTable(configuration, entries, { defaultNamespace });
    const snapshot: Snapshot = {
      id,
      vocabulary: configuration.vocabulary,
      table,
      diagnostics: [
        ...state.diagnostics,
        ...configuration.diagnostics,
        ...buildFailures(configuration.uses, obtained),
      ].sort(compareDiagnostics),
      handlers: handlers.map(({ entry }) => entry.name).sort(),
    };
    const { created, reused, failures } = obtained;
    this.#handled = { created, reused, failed: failures.size, unsatisfied, closed: 0, closeFailures: 0 };
    return new LiveSnapshot(snapshot, new Dispatcher(table, host), handlers);
  }

  #swap(state: State, live: LiveSnapshot<Dispatcher>): void {
    const former = this.#live;
    this.#state = state;
    this.#live = live;
    this.#retire(former);
    for (const listener of this.#listeners) {
      try {
        listener(live.snapshot);
      } catch (error) {
        this.#options.host.log.error('snapshot listener failed', {
          error: error instanceof Error ? error.message : String(error),
        });
      }
    }
  }

  #retire(live: LiveSnapshot<Dispatcher>): void {
    const { host, drainTimeoutMs = DRAIN_TIMEOUT_MS } = this.#options;
    const retired = live.retire(host, drainTimeoutMs).then(() => {
      this.#retiring.delete(retired);
    });
    this.#retiring.add(retired);
  }

  async #refresh(): Promise<void> {
    try {
      await this.#queue.submit(undefined);
    } catch (error) {
      this.#options.host.log.error('configuration could not be refreshed', {
        error: error instanceof Error ? error.message : String(error),
      });
    }
  }
}
