import { CapturedReferences } from '../captured-references.js';
import { globalDictionary } from '../dictionary.js';
import { ABSENT, PRESENT, WHOLE_MAP } from '../reference-tracker.js';
import type { References } from '../references.js';
import { type ReferenceWord, referenceWord } from '../vocabulary-index.js';
import type { WireWriter } from './writer.js';

const WORDS_FIELD = 1;
const MATCHES_FIELD = 2;
const NAME_FIELD = 1;
const CONDITION_FIELD = 2;
const MAP_KEY_FIELD = 4;

/**
 * Writes the fields of a ReferencedAttributes, sorted by name and key; the caller closes the message. Words of the global
 * dictionary are sent as such when the receiver knows them, that is below `globalWordCount`; all others become words of
 * the message. Whole maps that were present are not sent, their keys are (mixer-core.md 1.8).
 */
export function writeReferences(writer: WireWriter, references: References, globalWordCount: number): void {
  const known = Math.min(globalWordCount, globalDictionary.length);
  if (references instanceof CapturedReferences && references.dynamic.length === 0) {
    writeShape(writer, references, known);
    return;
  }
  const words = new MessageWords(known);
  if (references instanceof CapturedReferences) writeNumbered(writer, references, words);
  else writeList(writer, references, words);
  words.write(writer);
}

/** Writes references that are all in tables, from the last time they were written if that is known. */
function writeShape(writer: WireWriter, references: CapturedReferences, known: number): void {
  const { shapes } = references.index;
  const encoded = shapes.get(references.found, known);
  if (encoded !== undefined) {
    writer.raw(encoded);
    return;
  }
  const mark = writer.mark;
  const words = new MessageWords(known);
  writeTables(writer, references, words);
  words.write(writer);
  shapes.set(references.found, known, writer.copySince(mark));
}

/** Writes references that are all in tables, without listing them first. */
function writeTables(writer: WireWriter, { index, found }: CapturedReferences, words: MessageWords): void {
  for (let at = found.length - 1; at >= 0; at--) {
    const condition = found[at]! & 3;
    if (condition === WHOLE_MAP) continue;
    const entry = index.order[found[at]! >> 2]!;
    if (entry >= 0) writeMatch(writer, words.ofName(index.nameWords[entry]!), condition, 0);
    else {
      const key = words.ofKey(index.keyWords[~entry]!);
      writeMatch(writer, words.ofName(index.nameWords[index.keyOwners[~entry]!]!), condition, key);
    }
  }
}

/** Writes references one of which is in no table. */
function writeNumbered(writer: WireWriter, captured: CapturedReferences, words: MessageWords): void {
  const { nameWords } = captured.index;
  for (const { slot, key, condition } of captured.numbered().toReversed()) {
    if (condition === WHOLE_MAP) continue;
    const mapKey = key === undefined ? 0 : words.ofKey(referenceWord(key));
    writeMatch(writer, words.ofName(nameWords[slot]!), condition, mapKey);
  }
}

/** Writes references that no bag of ours made. */
function writeList(writer: WireWriter, references: References, words: MessageWords): void {
  const { vocabulary } = references;
  for (const { name, key, condition } of references.list().toReversed()) {
    const present = condition === 'EXACT';
    if (present && key === undefined && vocabulary.typeOf(vocabulary.slotOf(name) ?? -1) === 'STRING_MAP') continue;
    const mapKey = key === undefined ? 0 : words.ofKey(referenceWord(key));
    writeMatch(writer, words.ofName(referenceWord(name)), present ? PRESENT : ABSENT, mapKey);
  }
}

// The numbers of a tracker's conditions are those of the wire: ABSENCE 1, EXACT 2.
function writeMatch(writer: WireWriter, name: number, condition: number, mapKey: number): void {
  const mark = writer.mark;
  writer.sint32(MAP_KEY_FIELD, mapKey);
  writer.uint32(CONDITION_FIELD, condition);
  writer.sint32(NAME_FIELD, name);
  writer.close(MATCHES_FIELD, mark);
}

/** Gives words their index in one message. */
class MessageWords {
  readonly #known: number;
  readonly #list: ReferenceWord[] = [];
  #indices: Map<string, number> | undefined;

  constructor(known: number) {
    this.#known = known;
  }

  ofName(word: ReferenceWord): number {
    return word.globalIndex >= 0 && word.globalIndex < this.#known ? word.globalIndex : this.#own(word);
  }

  // Index 0 would read as "no key", so that one word is always sent by itself.
  ofKey(word: ReferenceWord): number {
    return word.globalIndex > 0 && word.globalIndex < this.#known ? word.globalIndex : this.#own(word);
  }

  write(writer: WireWriter): void {
    for (let at = this.#list.length - 1; at >= 0; at--) writer.bytes(WORDS_FIELD, this.#list[at]!.bytes);
  }

  #own(word: ReferenceWord): number {
    this.#indices ??= new Map();
    const known = this.#indices.get(word.text);
    if (known !== undefined) return known;
    const index = -this.#list.push(word);
    this.#indices.set(word.text, index);
    return index;
  }
}
