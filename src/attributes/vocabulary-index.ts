import { globalDictionary, globalIndexOf } from './dictionary.js';
import type { Vocabulary } from './vocabulary.js';
import { EncodedShapes } from './wire/encoded-shapes.js';
import { NameTable } from './wire/name-table.js';

/** A word that references may have to send: its text, its bytes, and its place in the global dictionary or -1. */
export interface ReferenceWord {
  readonly text: string;
  readonly bytes: Uint8Array;
  /** The same bytes. */
  readonly view: DataView;
  readonly globalIndex: number;
}

const indices = new WeakMap<Vocabulary, VocabularyIndex>();

/** What the request path needs of a vocabulary, worked out once when the first bag is made from it. */
export class VocabularyIndex {
  /** Global dictionary index → slot, or -1 when bags do not keep it. */
  readonly globalSlots: Int32Array;
  /** The names of the attributes that bags keep, by their bytes. */
  readonly names: NameTable;
  /** Key slot → slot of the map. */
  readonly keyOwners: Int32Array;
  /** Key slot → its key. */
  readonly keyWords: readonly ReferenceWord[];
  readonly keyTexts: readonly string[];
  /** Slot → its name. */
  readonly nameWords: readonly ReferenceWord[];
  /** Slot → key slots by key; undefined when no constant key of it is read. */
  readonly keysOf: readonly (ReadonlyMap<string, number> | undefined)[];
  /** The slots that bags keep, and `~keySlot` for their key slots, by name and then key, bytewise. */
  readonly order: Int32Array;
  /** Sets of references that were sent lately. */
  readonly shapes = new EncodedShapes();

  /** The index of a vocabulary, which this seals. */
  static of(vocabulary: Vocabulary): VocabularyIndex {
    const known = indices.get(vocabulary);
    if (known !== undefined) return known;
    const created = new VocabularyIndex(vocabulary);
    indices.set(vocabulary, created);
    return created;
  }

  private constructor(readonly vocabulary: Vocabulary) {
    vocabulary.seal();
    const { keySlots } = vocabulary;
    this.globalSlots = Int32Array.from(globalDictionary, (word) => keptSlot(vocabulary, word));
    // A name without bytes is none that a client can send.
    this.nameWords = vocabulary.names().map((name, slot) => referenceWord(vocabulary.isKept(slot) ? name : ''));
    this.names = new NameTable(this.nameWords.map((word) => word.view));
    this.keyOwners = Int32Array.from(keySlots, (entry) => entry.slot);
    this.keyTexts = keySlots.map((entry) => entry.key);
    this.keyWords = this.keyTexts.map(referenceWord);
    const keysOf: (Map<string, number> | undefined)[] = this.nameWords.map(() => undefined);
    keySlots.forEach(({ slot, key }, keySlot) => (keysOf[slot] ??= new Map()).set(key, keySlot));
    this.keysOf = keysOf;
    this.order = Int32Array.from(this.#sorted());
  }

  #sorted(): number[] {
    const slots = this.nameWords.map((_, slot) => slot).filter((slot) => this.vocabulary.isKept(slot));
    slots.sort((a, b) => Buffer.compare(this.nameWords[a]!.bytes, this.nameWords[b]!.bytes));
    return slots.flatMap((slot) => {
      const keys = [...(this.keysOf[slot]?.values() ?? [])];
      keys.sort((a, b) => Buffer.compare(this.keyWords[a]!.bytes, this.keyWords[b]!.bytes));
      return [slot, ...keys.map((keySlot) => ~keySlot)];
    });
  }
}

function keptSlot(vocabulary: Vocabulary, name: string): number {
  const slot = vocabulary.slotOf(name);
  return slot !== undefined && vocabulary.isKept(slot) ? slot : -1;
}

/** Prepares a word for being sent. */
export function referenceWord(text: string): ReferenceWord {
  const bytes = Buffer.from(text);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return { text, bytes, view, globalIndex: globalIndexOf(text) ?? -1 };
}
