import { shortestNeed } from './outline.js';

const filterBits = 14;
const upperA = 0x41;
const upperZ = 0x5a;
/** Letters whose lower case is ASCII to RE2 though they are not: the long s and the Kelvin sign. */
const longS = 0x17f;
const kelvin = 0x212a;

interface Entry<T> {
  readonly literal: string;
  /** Where in the literal its gram is. */
  readonly offset: number;
  readonly values: T[];
}

/**
 * Finds which of many texts occur in one, in one pass over it: each text is known by its rarest three letters, and
 * compared in full only where those are. Upper and lower case are the same, and of all other letters only ASCII counts.
 */
export class LiteralIndex<T> {
  readonly #entries = new Map<number, Entry<T>[]>();
  /** Says of most three letters at once that no text has them. */
  readonly #filter = new Uint8Array(1 << filterBits);

  /** Texts in lower case and at least three letters long, each with what it stands for. */
  constructor(literals: ReadonlyMap<string, readonly T[]>) {
    const counts = countGrams(literals.keys());
    for (const [literal, values] of literals) {
      const offset = rarestGram(literal, counts);
      const gram = gramAt(literal, offset);
      const entry = { literal, offset, values: [...values] };
      const same = this.#entries.get(gram);
      if (same === undefined) this.#entries.set(gram, [entry]);
      else same.push(entry);
      this.#filter[hash(gram)] = 1;
    }
  }

  /** Whether the test holds for one of the values whose literals occur in the text; asks about each value once. */
  some(text: string, test: (value: T) => boolean): boolean {
    let found: Set<T> | undefined;
    let gram = 0;
    for (let at = 0; at < text.length; at += 1) {
      gram = ((gram << 7) | fold(text.charCodeAt(at))) & 0x1fffff;
      if (at < shortestNeed - 1 || this.#filter[hash(gram)] === 0) continue;
      const entries = this.#entries.get(gram);
      if (entries === undefined) continue;
      found ??= new Set();
      if (someNew(entries, { text, start: at - (shortestNeed - 1), found, test })) return true;
    }
    return false;
  }
}

interface Hit<T> {
  readonly text: string;
  /** Where in the text the gram is. */
  readonly start: number;
  /** Values that were asked about before. */
  readonly found: Set<T>;
  readonly test: (value: T) => boolean;
}

function someNew<T>(entries: readonly Entry<T>[], { text, start, found, test }: Hit<T>): boolean {
  for (const { literal, offset, values } of entries) {
    if (!hasAt(text, literal, start - offset)) continue;
    for (const value of values) {
      if (found.has(value)) continue;
      found.add(value);
      if (test(value)) return true;
    }
  }
  return false;
}

/** Whether the literal is at that place of the text, in any case. */
function hasAt(text: string, literal: string, start: number): boolean {
  if (start < 0 || start + literal.length > text.length) return false;
  for (let at = 0; at < literal.length; at += 1) {
    if (fold(text.charCodeAt(start + at)) !== literal.charCodeAt(at)) return false;
  }
  return true;
}

/** The lower case of ASCII letters; what is not ASCII becomes NUL, which no literal has. */
function fold(code: number): number {
  if (code < 128) return code >= upperA && code <= upperZ ? code + 32 : code;
  if (code === longS) return 0x73;
  return code === kelvin ? 0x6b : 0;
}

function gramAt(literal: string, at: number): number {
  return (literal.charCodeAt(at) << 14) | (literal.charCodeAt(at + 1) << 7) | literal.charCodeAt(at + 2);
}

function hash(gram: number): number {
  return Math.imul(gram, 0x9e3779b1) >>> (32 - filterBits);
}

function countGrams(literals: Iterable<string>): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const literal of literals) {
    for (let at = 0; at + shortestNeed <= literal.length; at += 1) {
      const gram = gramAt(literal, at);
      counts.set(gram, (counts.get(gram) ?? 0) + 1);
    }
  }
  return counts;
}

function rarestGram(literal: string, counts: ReadonlyMap<number, number>): number {
  let best = 0;
  let fewest = Infinity;
  for (let at = 0; at + shortestNeed <= literal.length; at += 1) {
    const count = counts.get(gramAt(literal, at))!;
    if (count < fewest) [best, fewest] = [at, count];
  }
  return best;
}
