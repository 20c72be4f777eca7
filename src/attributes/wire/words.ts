import { globalDictionary } from '../dictionary.js';
import { isSameRange } from './byte-range.js';
import type { NameTable } from './name-table.js';
import { WireReader } from './reader.js';
import { textOf } from './text.js';

/** A word that is no attribute of the vocabulary. */
const UNKNOWN = -1;
const UNRESOLVED = -2;
/** Tables that one large message made larger than this are given back. */
const KEPT_WORDS = 1024;

const noReader = new WireReader(new Uint8Array());
const globalWords = globalDictionary.length;

/** Numbers per word in the table: where it starts, where it ends, its slot. */
const STRIDE = 3;
const TO = 1;
const SLOT = 2;

/**
 * The words of one message: places in its bytes, decoded or resolved to a slot when first needed and then kept. Indices
 * are those of the wire: from 0 up in the global dictionary, from -1 down in here.
 */
export class Words {
  count = 0;
  #view = noReader.view;
  /** Where the message starts in the view. */
  #offset = 0;
  #table = new Int32Array(64 * STRIDE);
  #texts: (string | undefined)[] = [];

  /** Forgets all words; further ones are places in this reader's bytes. */
  reset(reader: WireReader = noReader): void {
    this.#view = reader.view;
    this.#offset = reader.offset;
    this.count = 0;
    if (this.#texts.length > KEPT_WORDS) {
      this.#table = new Int32Array(64 * STRIDE);
      this.#texts = [];
    }
  }

  add(from: number, to: number): void {
    const at = this.count++;
    const base = at * STRIDE;
    if (base === this.#table.length) this.#grow();
    const table = this.#table;
    table[base] = this.#offset + from;
    table[base + TO] = this.#offset + to;
    table[base + SLOT] = UNRESOLVED;
    this.#texts[at] = undefined;
  }

  /** Adds a word and all that follow it at once, the reader being behind the first one's tag. */
  readRun(reader: WireReader, tag: number): void {
    do {
      const limit = reader.limit();
      this.add(reader.pos, limit);
      reader.pos = limit;
    } while (reader.passTag(tag));
  }

  /** True when the index names a word. */
  has(index: number): boolean {
    return index < 0 ? -index <= this.count : index < globalWords;
  }

  /** The word of an index that {@link has} accepts. */
  text(index: number): string {
    if (index >= 0) return globalDictionary[index]!;
    const at = -index - 1;
    const known = this.#texts[at];
    if (known !== undefined) return known;
    const base = at * STRIDE;
    const text = textOf(this.#view, this.#table[base]!, this.#table[base + TO]!);
    this.#texts[at] = text;
    return text;
  }

  /** The slot of a word below zero, negative when the vocabulary does not know it. */
  slot(index: number, names: NameTable): number {
    const base = (-index - 1) * STRIDE;
    const known = this.#table[base + SLOT]!;
    if (known !== UNRESOLVED) return known;
    const slot = names.find(this.#view, this.#table[base]!, this.#table[base + TO]!) ?? UNKNOWN;
    this.#table[base + SLOT] = slot;
    return slot;
  }

  /** True when a word below zero consists of these bytes. */
  equals(index: number, word: DataView): boolean {
    const base = (-index - 1) * STRIDE;
    const from = this.#table[base]!;
    const length = word.byteLength;
    return this.#table[base + TO]! - from === length && isSameRange(this.#view, from, word, 0, length);
  }

  #grow(): void {
    const larger = new Int32Array(this.#table.length * 2);
    larger.set(this.#table);
    this.#table = larger;
  }
}
