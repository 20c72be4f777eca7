import { isDeepStrictEqual } from 'node:util';
import type { Instance, Service } from '../model/service.js';
import type { KnownService, RegistryChange } from './tracked-registry.js';

/**
 * Services with their instances, by key. An update costs what it touches; what turns out to be as before stays the
 * same object and is no change.
 */
export class ServiceTable {
  readonly #known = new Map<string, KnownService>();
  readonly #listeners = new Set<(change: RegistryChange) => void>();
  #instanceCount = 0;
  #services: readonly Service[] | undefined;
  #instances: readonly Instance[] | undefined;

  get instanceCount(): number {
    return this.#instanceCount;
  }

  keys(): Iterable<string> {
    return this.#known.keys();
  }

  get(key: string): KnownService | undefined {
    return this.#known.get(key);
  }

  /** Made when somebody asks, once between changes. */
  services(): readonly Service[] {
    this.#services ??= Object.freeze(Array.from(this.#known.values(), ({ service }) => service));
    return this.#services;
  }

  instances(): readonly Instance[] {
    this.#instances ??= Object.freeze([...this.#known.values()].flatMap(({ instances }) => instances));
    return this.#instances;
  }

  onChange(listener: (change: RegistryChange) => void): () => void {
    // Its own function, so that a listener that is there twice is called twice.
    const own = (change: RegistryChange): void => listener(change);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  /** Takes over what is known now under some keys, undefined being nothing; then tells listeners, if it is a change. */
  update(entries: Iterable<readonly [string, KnownService | undefined]>): void {
    const services = new Set<string>();
    const instances = new Set<string>();
    for (const [key, next] of entries) {
      const before = this.#known.get(key) ?? nothing;
      const kept = next === undefined ? nothing : keepSame(next, before);
      if (kept.service !== before.service) services.add(key);
      if (kept.instances !== before.instances) instances.add(key);
      this.#set(key, kept);
    }
    if (services.size === 0 && instances.size === 0) return;
    this.#services = undefined;
    this.#instances = undefined;
    for (const listener of [...this.#listeners]) listener({ services, instances });
  }

  #set(key: string, kept: KnownService | Nothing): void {
    this.#instanceCount += kept.instances.length - (this.#known.get(key)?.instances.length ?? 0);
    if (kept.service === undefined) this.#known.delete(key);
    else this.#known.set(key, kept);
  }
}

interface Nothing {
  readonly service: undefined;
  readonly instances: readonly Instance[];
}

const none: readonly Instance[] = Object.freeze([]);
const nothing: Nothing = Object.freeze({ service: undefined, instances: none });

/** The parts of what is known now that are as before are those from before. */
function keepSame(next: KnownService, before: KnownService | Nothing): KnownService {
  const instances = next.instances.length === 0 ? none : next.instances;
  return Object.freeze({
    service:
      before.service !== undefined && isDeepStrictEqual(before.service, next.service) ? before.service : next.service,
    instances: isDeepStrictEqual(before.instances, instances) ? before.instances : instances,
  });
}
