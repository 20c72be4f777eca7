import type { Reference, References } from './references.js';
import type { Vocabulary } from './vocabulary.js';
import type { VocabularyIndex } from './vocabulary-index.js';

/** A looked-up key that is not one of the vocabulary's key slots. */
export interface DynamicReference {
  readonly slot: number;
  readonly key: string;
  readonly condition: number;
}

/** One thing that was read, by number. `keySlot` is -1 and `key` undefined when it is the attribute itself. */
export interface NumberedReference {
  readonly slot: number;
  readonly keySlot: number;
  readonly key: string | undefined;
  readonly condition: number;
}

const UNREAD = 0;
const ABSENT = 1;

/** A bag's references at one moment: copies of the tracker's tables, listed when somebody asks. */
export class CapturedReferences implements References {
  readonly vocabulary: Vocabulary;

  constructor(
    readonly index: VocabularyIndex,
    readonly slots: Uint8Array,
    readonly keys: Uint8Array,
    readonly dynamic: readonly DynamicReference[],
  ) {
    this.vocabulary = index.vocabulary;
  }

  list(): readonly Reference[] {
    return this.numbered().map(({ slot, key, condition }) => ({
      name: this.vocabulary.nameOf(slot),
      key,
      condition: condition === ABSENT ? 'ABSENCE' : 'EXACT',
    }));
  }

  /** All references in the order of {@link list}. */
  numbered(): readonly NumberedReference[] {
    const found: NumberedReference[] = [];
    for (const entry of this.index.order) {
      const keySlot = entry < 0 ? ~entry : -1;
      const slot = entry < 0 ? this.index.keyOwners[keySlot]! : entry;
      const condition = (entry < 0 ? this.keys[keySlot] : this.slots[slot])!;
      if (condition === UNREAD) continue;
      found.push({ slot, keySlot, key: entry < 0 ? this.index.keyTexts[keySlot] : undefined, condition });
    }
    return this.dynamic.length === 0 ? found : this.#merge(found);
  }

  #merge(found: NumberedReference[]): readonly NumberedReference[] {
    const rank = new Map<number, number>();
    this.index.order.forEach((entry, at) => rank.set(entry, at));
    for (const { slot, key, condition } of this.dynamic) found.push({ slot, keySlot: -1, key, condition });
    return found.sort((a, b) => rank.get(a.slot)! - rank.get(b.slot)! || compareKeys(a.key, b.key));
  }
}

function compareKeys(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
