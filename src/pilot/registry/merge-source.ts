import type { Stop, Timing } from '../../kube/index.js';
import type { Registry } from './registry.js';
import { trackRegistry } from './track-registry.js';
import type { KnownService, RegistryLog, TrackedRegistry } from './tracked-registry.js';

/** When a registry that says that nothing runs any more is not believed at once. */
export interface EmptinessGuard {
  /** It must have had more instances than these. */
  readonly minInstances: number;
  /** For how long the last ones are kept. */
  readonly holdMillis: number;
}

/** One registry as the merged one has taken it over: not behind it by more than a pause, or held back. */
export class MergeSource {
  readonly #known = new Map<string, KnownService>();
  readonly #changed: Set<string>;
  readonly #registry: TrackedRegistry;
  readonly #unfollow: Stop;
  #instanceCount = 0;
  #endHold: Stop | undefined;
  #isHoldOver = false;

  constructor(
    registry: Registry,
    private readonly options: {
      readonly timing: Timing;
      readonly log: RegistryLog;
      readonly guard: EmptinessGuard;
      /** Called when {@link take} has something to give. */
      readonly onNews: () => void;
    },
  ) {
    const { tracked, stop } = trackRegistry(registry);
    this.#registry = tracked;
    this.#changed = new Set(tracked.keys());
    const unfollow = tracked.onChange(({ services, instances }) => {
      for (const key of services) this.#changed.add(key);
      for (const key of instances) this.#changed.add(key);
      options.onNews();
    });
    this.#unfollow = () => {
      unfollow();
      stop();
    };
  }

  get(key: string): KnownService | undefined {
    return this.#known.get(key);
  }

  /** Takes over what has changed, unless that is held back; gives the keys. */
  take(): readonly string[] {
    if (this.#changed.size === 0 || this.#isHeld()) return [];
    const taken = [...this.#changed];
    this.#changed.clear();
    for (const key of taken) {
      const next = this.#registry.get(key);
      this.#instanceCount += (next?.instances.length ?? 0) - (this.#known.get(key)?.instances.length ?? 0);
      if (next === undefined) this.#known.delete(key);
      else this.#known.set(key, next);
    }
    return taken;
  }

  close(): void {
    this.#unfollow();
    this.#endHold?.();
  }

  #isHeld(): boolean {
    const { guard, log } = this.options;
    const isEmptied = this.#registry.instanceCount === 0 && this.#instanceCount > guard.minInstances;
    const fields = { registry: this.#registry.name, instances: this.#instanceCount };
    if (!isEmptied || this.#isHoldOver || guard.holdMillis === 0) {
      if (isEmptied) log.warn('registry is still empty and now believed', fields);
      else if (this.#endHold !== undefined) log.info('registry is not empty any more', fields);
      this.#endHold?.();
      this.#endHold = undefined;
      this.#isHoldOver = false;
      return false;
    }
    if (this.#endHold === undefined) this.#hold(fields);
    return true;
  }

  #hold(fields: Readonly<Record<string, unknown>>): void {
    const { guard, timing, log, onNews } = this.options;
    log.warn('registry is suddenly empty, the last instances are kept', { ...fields, millis: guard.holdMillis });
    this.#endHold = timing.after(guard.holdMillis, () => {
      this.#isHoldOver = true;
      onNews();
    });
  }
}
