import type { Stop, Timing } from '../../kube/index.js';
import { joinParts } from './join-parts.js';
import { type EmptinessGuard, MergeSource } from './merge-source.js';
import type { Registry } from './registry.js';
import { ServiceTable } from './service-table.js';
import type { KnownService, RegistryLog, TrackedRegistry } from './tracked-registry.js';

/** What is merged, and how patiently. */
export interface MergeOptions {
  /** Of two that know a service the first one says what it is. */
  readonly registries: readonly Registry[];
  readonly timing: Timing;
  readonly log: RegistryLog;
  /** Changes are told when there was none for this long; 20 when left out. */
  readonly quietMillis?: number | undefined;
  /** And after this long in any case; 500 when left out. */
  readonly patienceMillis?: number | undefined;
  /** More than 10 instances are kept for a minute when left out; `holdMillis` 0 believes everything at once. */
  readonly guard?: EmptinessGuard | undefined;
}

/** Several registries as one. Closing it lets go of them, and closes none. */
export interface MergedRegistry extends TrackedRegistry {
  close(): void;
}

/**
 * Merges registries. What they know now is there at once; changes come after a short quiet, so that a registry that
 * goes back and forth is not heard, and a registry that is suddenly empty keeps what it had for a while.
 */
export function mergeRegistries(options: MergeOptions): MergedRegistry {
  return new Merged(options);
}

class Merged implements MergedRegistry {
  readonly name = 'merged';
  readonly #timing: Timing;
  readonly #quietMillis: number;
  readonly #patienceMillis: number;
  readonly #table = new ServiceTable();
  readonly #sources: readonly MergeSource[];
  /** When the first change came that has not been told. */
  #since: number | undefined;
  #cancel: Stop = () => undefined;

  constructor({ registries, timing, log, quietMillis = 20, patienceMillis = 500, guard }: MergeOptions) {
    this.#timing = timing;
    this.#quietMillis = quietMillis;
    this.#patienceMillis = patienceMillis;
    const onNews = (): void => this.#tellSoon();
    const common = { timing, log, guard: guard ?? { minInstances: 10, holdMillis: 60_000 }, onNews };
    this.#sources = registries.map((registry) => new MergeSource(registry, common));
    this.#tell();
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

  onChange(listener: Parameters<TrackedRegistry['onChange']>[0]): Stop {
    return this.#table.onChange(listener);
  }

  close(): void {
    this.#cancel();
    for (const source of this.#sources) source.close();
  }

  #tellSoon(): void {
    const now = this.#timing.now();
    this.#since ??= now;
    this.#cancel();
    const left = Math.max(0, this.#since + this.#patienceMillis - now);
    this.#cancel = this.#timing.after(Math.min(this.#quietMillis, left), () => this.#tell());
  }

  #tell(): void {
    this.#since = undefined;
    const changed = new Set(this.#sources.flatMap((source) => source.take()));
    this.#table.update(Array.from(changed, (key) => [key, joinParts(this.#partsOf(key))] as const));
  }

  #partsOf(key: string): readonly KnownService[] {
    return this.#sources.map((source) => source.get(key)).filter((part) => part !== undefined);
  }
}
