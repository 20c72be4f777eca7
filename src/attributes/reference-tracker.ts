import { CapturedReferences, type DynamicReference } from './captured-references.js';
import type { References } from './references.js';
import type { VocabularyIndex } from './vocabulary-index.js';

/** What is known of a slot or key slot: nothing, that it was absent, present, or present as a whole map. */
const UNREAD = 0;
export const ABSENT = 1;
export const PRESENT = 2;
export const WHOLE_MAP = 3;

declare const saved: unique symbol;

/** What {@link ReferenceTracker.save} keeps; only good for the bag it came from, until it is reset. */
export interface SavedReferences {
  readonly [saved]: true;
}

interface Saved {
  readonly slots: Uint8Array;
  readonly keys: Uint8Array;
  dynamic: readonly DynamicReference[];
}

/** Records what was read from one bag (mixer-core.md 1.8): one byte per slot and key slot, and a list for other keys. */
export class ReferenceTracker {
  readonly #index: VocabularyIndex;
  /** Keys that expressions worked out at run time, by slot and key. */
  readonly #dynamic = new Map<number, Map<string, number>>();
  /** Tables of the first copy, for the next time. */
  #spare: Saved | undefined;
  /** Copies since the last clear. */
  #saves = 0;

  /** `slots` and `keys` hold a condition each; emptying them is left to the owner. */
  constructor(
    index: VocabularyIndex,
    readonly slots: Uint8Array,
    readonly keys: Uint8Array,
  ) {
    this.#index = index;
  }

  /** Forgets keys that were worked out at run time; copies made before are void. */
  clear(): void {
    this.#saves = 0;
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

  // A list of small integers rather than a copy of the tables: a typed array of more than 64 bytes lives outside of the
  // heap, which costs several times as much as the whole list.
  capture(): References {
    const { order } = this.#index;
    const { slots, keys } = this;
    const found: number[] = [];
    for (let at = 0; at < order.length; at++) {
      const entry = order[at]!;
      const condition = entry < 0 ? keys[~entry]! : slots[entry]!;
      if (condition !== UNREAD) found.push((at << 2) | condition);
    }
    return new CapturedReferences(this.#index, found, this.#list());
  }

  save(): SavedReferences {
    const { slots, keys } = this;
    const dynamic = this.#list();
    // The first copy since the last clear reuses its tables; more than one at a time is rare.
    const spare = this.#saves++ === 0 ? this.#spare : undefined;
    if (spare === undefined) {
      const copy: Saved = { slots: slots.slice(), keys: keys.slice(), dynamic };
      this.#spare ??= copy;
      return copy as unknown as SavedReferences;
    }
    spare.slots.set(slots);
    spare.keys.set(keys);
    spare.dynamic = dynamic;
    return spare as unknown as SavedReferences;
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
