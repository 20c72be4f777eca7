import type { Reference, References } from './references.js';
import type { Vocabulary } from './vocabulary.js';
import type { VocabularyIndex } from './vocabulary-index.js';

/** A looked-up key that is not one of the vocabulary's key slots. */
export interface DynamicReference {
  readonly slot: number;
  readonly key: string;
  readonly condition: number;
}

/** One thing that was read, by its slot. `key` is undefined when it is the attribute itself. */
export interface NumberedReference {
  readonly slot: number;
  readonly key: string | undefined;
  readonly condition: number;
}

const ABSENT = 1;

/** A bag's references at one moment, told in words when somebody asks. */
export class CapturedReferences implements References {
  readonly vocabulary: Vocabulary;

  constructor(
    readonly index: VocabularyIndex,
    /** Position in the index's order times four, plus the condition; ascending. */
    readonly found: readonly number[],
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
    const { order, keyOwners, keyTexts } = this.index;
    const numbered = this.found.map((one): NumberedReference => {
      const entry = order[one >> 2]!;
      const condition = one & 3;
      if (entry >= 0) return { slot: entry, key: undefined, condition };
      return { slot: keyOwners[~entry]!, key: keyTexts[~entry], condition };
    });
    return this.dynamic.length === 0 ? numbered : this.#merge(numbered);
  }

  #merge(found: NumberedReference[]): readonly NumberedReference[] {
    const rank = new Map<number, number>();
    this.index.order.forEach((entry, at) => rank.set(entry, at));
    for (const { slot, key, condition } of this.dynamic) found.push({ slot, key, condition });
    return found.sort((a, b) => rank.get(a.slot)! - rank.get(b.slot)! || compareKeys(a.key, b.key));
  }
}

function compareKeys(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
