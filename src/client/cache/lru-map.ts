import { LRUCache } from 'lru-cache';

interface Held<V> {
  readonly value: V;
  lastUsed: number;
}

/** What bounds an {@link LruMap}. */
export interface LruLimits {
  readonly capacity: number;
  /** How long an entry may be found that nobody looks up; for ever when left out. */
  readonly idleMillis?: number;
}

/** A map of bounded size that forgets what was used longest ago. Times are the caller's, and must not go back. */
export class LruMap<V> {
  readonly #idleMillis: number;
  readonly #entries: LRUCache<string, Held<V>>;

  constructor({ capacity, idleMillis = Infinity }: LruLimits) {
    this.#idleMillis = idleMillis;
    this.#entries = new LRUCache({ max: capacity });
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The value, which is then the most recently used. */
  get(key: string, now: number): V | undefined {
    const held = this.#entries.get(key);
    if (held === undefined) return undefined;
    if (now - held.lastUsed > this.#idleMillis) {
      this.#entries.delete(key);
      return undefined;
    }
    held.lastUsed = now;
    return held.value;
  }

  set(key: string, value: V, now: number): void {
    this.#entries.set(key, { value, lastUsed: now });
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }
}
