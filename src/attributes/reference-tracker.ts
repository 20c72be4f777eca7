import { CapturedReferences, type DynamicReference } from './captured-references.js';
import type { References } from './references.js';
import type { VocabularyIndex } from './vocabulary-index.js';

/** What is known of a slot or key slot: nothing, that it was absent, present, or present as a whole map. */
export const UNREAD = 0;
export const ABSENT = 1;
export const PRESENT = 2;
export const WHOLE_MAP = 3;

declare const saved: unique symbol;

/** What {@link ReferenceTracker.save} keeps; only good for the bag it came from. */
export interface SavedReferences {
  readonly [saved]: true;
}

interface Saved {
  readonly slots: Uint8Array;
  readonly keys: Uint8Array;
  readonly dynamic: readonly DynamicReference[];
}

/** Records what was read from one bag (mixer-core.md 1.8): one byte per slot and key slot, and a list for other keys. */
export class ReferenceTracker {
  readonly #index: VocabularyIndex;
  /** Keys that expressions worked out at run time, by slot and key. */
  readonly #dynamic = new Map<number, Map<string, number>>();

  /** `slots` and `keys` hold a condition each; emptying them is left to the owner. */
  constructor(
    index: VocabularyIndex,
    readonly slots: Uint8Array,
    readonly keys: Uint8Array,
  ) {
    this.#index = index;
  }

  /** Forgets keys that were worked out at run time. */
  clear(): void {
    if (this.#dynamic.size > 0) this.#dynamic.clear();
  }

  /** Records a lookup of any key in a map that is there. */
  recordKey(slot: number, key: string, found: boolean): void {
    const condition = found ? PRESENT : ABSENT;
    const keySlot = this.#index.keysOf[slot]?.get(key);
    if (keySlot !== undefined) {
      this.keys[keySlot] = condition;
      return;
    }
    let keys = this.#dynamic.get(slot);
    if (keys === undefined) this.#dynamic.set(slot, (keys = new Map<string, number>()));
    keys.set(key, condition);
  }

  capture(): References {
    return new CapturedReferences(this.#index, this.slots.slice(), this.keys.slice(), this.#list());
  }

  save(): SavedReferences {
    const copy: Saved = { slots: this.slots.slice(), keys: this.keys.slice(), dynamic: this.#list() };
    return copy as unknown as SavedReferences;
  }

  restore(from: SavedReferences): void {
    const { slots, keys, dynamic } = from as unknown as Saved;
    this.slots.set(slots);
    this.keys.set(keys);
    if (this.#dynamic.size > 0) this.#dynamic.clear();
    for (const { slot, key, condition } of dynamic) this.recordKey(slot, key, condition === PRESENT);
  }

  #list(): readonly DynamicReference[] {
    if (this.#dynamic.size === 0) return none;
    return [...this.#dynamic].flatMap(([slot, keys]) =>
      [...keys].map(([key, condition]) => ({ slot, key, condition })),
    );
  }
}

const none: readonly DynamicReference[] = [];
