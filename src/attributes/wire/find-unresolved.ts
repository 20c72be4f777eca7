import type { WireReader } from './reader.js';
import { Words } from './words.js';

const STRINGS_FIELD = 2;
const MAPS_FIELD = 9;
const WORDS_FIELD = 1;
const LENGTH_DELIMITED = 2;

/**
 * What a strict reader objects to in the CompressedAttributes between the reader's `pos` and `end`: a name or value whose
 * word does not exist, or one name in two typed maps (mixer-core.md 1.5). Leaves `pos` where it was. The message must be
 * sound protobuf. Not for the usual request: it decodes every name.
 */
export function findUnresolved(reader: WireReader, defaultWords?: Words): string | undefined {
  const start = reader.pos;
  const words = readWords(reader, defaultWords);
  const fieldOf = new Map<string, number>();
  let problem: string | undefined;
  eachField(reader, (field) => {
    if (field < STRINGS_FIELD || field > MAPS_FIELD) return;
    const { key, value } = readEntry(reader);
    problem ??= checkName(words, key, { field, fieldOf }) ?? checkValue(words, reader, { field, value });
  });
  reader.pos = start;
  return problem;
}

/** Calls back for every length-delimited field, with the reader set to its content. */
function eachField(reader: WireReader, visit: (field: number) => void): void {
  const outer = reader.end;
  while (reader.pos < outer) {
    const tag = reader.uint32();
    if ((tag & 7) !== LENGTH_DELIMITED) {
      reader.skip(tag);
      continue;
    }
    const limit = reader.limit();
    reader.end = limit;
    visit(tag >>> 3);
    reader.end = outer;
    reader.pos = limit;
  }
}

function readWords(reader: WireReader, defaultWords: Words | undefined): Words {
  const start = reader.pos;
  const own = new Words();
  own.reset(reader);
  eachField(reader, (field) => {
    if (field === WORDS_FIELD) own.add(reader.pos, reader.end);
  });
  reader.pos = start;
  return own.count > 0 ? own : (defaultWords ?? own);
}

/** Reads an entry's key, and where its value is: an index, or a place for a sub-message. */
function readEntry(reader: WireReader): { readonly key: number; readonly value: number } {
  let key = 0;
  let value = -1;
  while (reader.pos < reader.end) {
    const tag = reader.uint32();
    if (tag === 0x08) key = reader.sint32();
    else {
      if (tag >>> 3 === 2) value = reader.pos;
      reader.skip(tag);
    }
  }
  return { key, value };
}

function checkName(
  words: Words,
  key: number,
  { field, fieldOf }: { readonly field: number; readonly fieldOf: Map<string, number> },
): string | undefined {
  if (!words.has(key)) return `word ${key} names an attribute and does not exist`;
  const name = words.text(key);
  const other = fieldOf.get(name) ?? field;
  fieldOf.set(name, field);
  return other === field ? undefined : `attribute '${name}' has values of two types`;
}

function checkValue(
  words: Words,
  reader: WireReader,
  { field, value }: { readonly field: number; readonly value: number },
): string | undefined {
  if ((field !== STRINGS_FIELD && field !== MAPS_FIELD) || value < 0) return undefined;
  reader.pos = value;
  const missing = field === STRINGS_FIELD ? missingWord(words, reader.sint32()) : missingInMap(words, reader);
  return missing === undefined ? undefined : `word ${missing} is a value and does not exist`;
}

function missingInMap(words: Words, reader: WireReader): number | undefined {
  let missing: number | undefined;
  const outer = reader.end;
  reader.end = reader.limit();
  eachField(reader, (field) => {
    if (field !== 1) return;
    const { key, value } = readEntry(reader);
    missing ??= missingWord(words, key);
    if (value < 0) return;
    reader.pos = value;
    missing ??= missingWord(words, reader.sint32());
  });
  reader.end = outer;
  return missing;
}

function missingWord(words: Words, index: number): number | undefined {
  return words.has(index) ? undefined : index;
}
