import type { ReferenceTracker } from './reference-tracker.js';
import type { StringMap } from './value.js';

/** A map attribute as expressions see it: looking a key up records that it was read. */
export class RecordedMap implements StringMap {
  readonly #tracker: ReferenceTracker;
  readonly #slot: number;
  readonly #entries: StringMap;

  constructor(tracker: ReferenceTracker, slot: number, entries: StringMap) {
    this.#tracker = tracker;
    this.#slot = slot;
    this.#entries = entries;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): string | undefined {
    const value = this.#entries.get(key);
    this.#tracker.recordKey(this.#slot, key, value !== undefined);
    return value;
  }

  entries(): IterableIterator<[string, string]> {
    return this.#entries.entries();
  }
}
