import type { Stop, Timing } from '../../../kube/index.js';
import { MixerError } from '../../../util/errors.js';
import { ServiceTable } from '../service-table.js';
import type { KnownService, LiveRegistry, RegistryChange, RegistryLog } from '../tracked-registry.js';
import { BlockingQuery } from './blocking-query.js';
import { type ConsulAccess, type ConsulApi, createConsulApi } from './consul-api.js';
import { FollowedServices } from './followed-services.js';
import { consulKey, readCatalog, readHealth } from './read-health.js';

const maxServices = 10_000;

/** Which Consul, and how it is followed. */
export interface ConsulOptions extends ConsulAccess {
  readonly timing: Timing;
  readonly log: RegistryLog;
  /** As `Service.registry` and logs name it; `consul` when left out. */
  readonly name?: string | undefined;
  /** How long a question may wait for news; a minute when left out. */
  readonly waitMillis?: number | undefined;
  /** How many services are asked about at one moment; 100 when left out. More services take turns. */
  readonly concurrency?: number | undefined;
}

/**
 * Follows the services of a Consul datacenter: its catalog, and the health of each service. What is known stays known
 * while Consul is away. Throws when the address is none.
 */
export function openConsulRegistry(options: ConsulOptions): LiveRegistry {
  return new ConsulRegistry(options);
}

class ConsulRegistry implements LiveRegistry {
  readonly name: string;
  readonly ready: Promise<void>;
  readonly #options: ConsulOptions;
  readonly #waitMillis: number;
  readonly #api: ConsulApi;
  readonly #table = new ServiceTable();
  readonly #catalog: BlockingQuery;
  readonly #followed: FollowedServices;
  /** Services of the first catalog that have not been told of; undefined when there was no catalog yet. */
  #awaited: Set<string> | undefined;
  /** What was told before all was known. */
  readonly #early = new Map<string, KnownService | undefined>();
  #becomeReady!: () => void;
  #isReady = false;
  /** What has been told to be away, by what hosts begin with; empty for the catalog. */
  readonly #failing = new Set<string>();
  #hasWarned = false;
  #isClosed = false;
  #cancelRest: Stop = () => undefined;
  readonly #oddNames = new Set<string>();

  constructor(options: ConsulOptions) {
    const { timing, name = 'consul', waitMillis = 60_000, concurrency = 100 } = options;
    this.name = name;
    this.#options = options;
    this.#waitMillis = waitMillis;
    const api = createConsulApi(options, timing);
    this.#api = api;
    this.ready = new Promise((resolve) => (this.#becomeReady = resolve));
    this.#followed = new FollowedServices({
      timing,
      concurrency,
      waitMillis,
      shortWaitMillis: Math.min(waitMillis, 500),
      query: (part, called) => ({
        api,
        timing,
        path: `/v1/health/service/${encodeURIComponent(called)}`,
        onValue: (value) => {
          this.#take(part, readHealth(value, part, name));
          this.#failing.delete(part);
        },
        onFailure: (error) => {
          this.#fail(error, part);
          this.#settle(part);
        },
      }),
    });
    this.#catalog = new BlockingQuery({
      api,
      timing,
      path: '/v1/catalog/services',
      onValue: (value) => this.#takeCatalog(value),
      onFailure: (error) => this.#fail(error, ''),
    });
    // Whoever opens it must have it in hand before the first listener is called.
    queueMicrotask(() => void this.#askCatalog());
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
    this.#cancelRest();
    this.#catalog.interrupt();
    this.#followed.close();
    await this.#api.close();
  }

  async #askCatalog(): Promise<void> {
    if (!this.#isClosed) this.#restFor(await this.#catalog.ask(this.#waitMillis));
  }

  #restFor(millis: number): void {
    if (!this.#isClosed) this.#cancelRest = this.#options.timing.after(millis, () => void this.#askCatalog());
  }

  #takeCatalog(value: unknown): void {
    const names = this.#bound(readCatalog(value, (odd) => this.#complain(odd)));
    if (this.#failing.delete('')) this.#options.log.info('consul answers again', { registry: this.name });
    this.#hasWarned = false;
    this.#awaited ??= new Set(names.keys());
    const gone = this.#followed.set(names);
    for (const part of gone) {
      this.#awaited.delete(part);
      this.#failing.delete(part);
    }
    this.#publish(gone.map((part) => [consulKey(part), undefined]));
    this.#checkReady();
  }

  #take(part: string, known: KnownService | undefined): void {
    this.#publish([[consulKey(part), known]]);
    this.#settle(part);
  }

  #publish(entries: readonly (readonly [string, KnownService | undefined])[]): void {
    if (this.#isClosed) return;
    if (this.#isReady) this.#table.update(entries);
    else for (const [key, known] of entries) this.#early.set(key, known);
  }

  /** A service that cannot be asked about must not hold up the others. */
  #settle(part: string): void {
    this.#awaited?.delete(part);
    this.#checkReady();
  }

  #checkReady(): void {
    if (this.#isReady || this.#isClosed || this.#awaited?.size !== 0) return;
    this.#isReady = true;
    this.#table.update(this.#early);
    this.#early.clear();
    this.#options.log.info('following consul', { registry: this.name, services: this.#table.services().length });
    this.#becomeReady();
  }

  #bound(names: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
    if (names.size <= maxServices) return names;
    this.#options.log.warn('more services than are kept', { registry: this.name, limit: maxServices });
    return new Map([...names].slice(0, maxServices));
  }

  /** Once until the catalog answers: with Consul away all questions fail. And once for a service that stays away. */
  #fail(error: unknown, service: string): void {
    if (this.#isClosed) return;
    const isKnown = this.#failing.has(service);
    // Who is not told of now is told of when the catalog answers and it is still away.
    if (service === '' || !this.#hasWarned) this.#failing.add(service);
    if (isKnown || this.#hasWarned) return;
    this.#hasWarned = true;
    const { rawMessage } = MixerError.from(error);
    const { server } = this.#api;
    this.#options.log.warn('consul cannot be followed', { registry: this.name, server, service, error: rawMessage });
  }

  #complain(name: string): void {
    if (this.#oddNames.has(name) || this.#oddNames.size >= 1000) return;
    this.#oddNames.add(name);
    this.#options.log.warn('service left out, its name is no part of a host name', {
      registry: this.name,
      service: name,
    });
  }
}
