import type { Clock } from 'fairlead/sdk';

interface Entry<V> {
  readonly value: V;
  readonly until: number;
}

/**
 * Keeps values for a time, and of those the ones that were used lately: two generations, of which the older one is
 * forgotten whole when the younger one is full. Never holds more than `size` values and one.
 */
export class GenerationCache<V> {
  #young = new Map<string, Entry<V>>();
  #old: ReadonlyMap<string, Entry<V>> = new Map();
  readonly #half: number;
  readonly #clock: Clock;

  constructor(size: number, clock: Clock) {
    this.#half = Math.ceil(size / 2);
    this.#clock = clock;
  }

  /** The value, if it is still there and has not expired. */
  get(key: string): V | undefined {
    const young = this.#young.get(key);
    const entry = young ?? this.#old.get(key);
    if (entry === undefined || entry.until <= this.#clock.now()) return undefined;
    if (young === undefined) this.#put(key, entry);
    return entry.value;
  }

  /** Keeps a value for so long. */
  set(key: string, value: V, millis: number): void {
    if (this.#half > 0) this.#put(key, { value, until: this.#clock.now() + millis });
  }

  #put(key: string, entry: Entry<V>): void {
    this.#young.set(key, entry);
    if (this.#young.size < this.#half) return;
    this.#old = this.#young;
    this.#young = new Map();
  }
}
