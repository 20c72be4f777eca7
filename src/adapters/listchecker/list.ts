import type { EntryType } from './config.js';
import { readLines } from './body.js';
import { IpList } from './ip-list.js';
import { compilePattern, type Pattern, PatternList } from './pattern-list.js';
import { atOnce, pieceSize, type Steps } from './steps.js';
import { readWhitelist } from './whitelist-body.js';

/** A list to look values up in. */
export interface List {
  /** Whether the list has the value; undefined when the value cannot be in a list of this kind. */
  has(value: string): boolean | undefined;
  /** The same for the bytes of an IP address; left out where only its text counts. */
  hasAddress?(address: Uint8Array): boolean | undefined;
}

/** Why something is no list. */
export interface BadList {
  readonly problem: string;
}

/** What is wrong with one entry; undefined when nothing is. */
export function findBadEntry(type: EntryType, entry: string): string | undefined {
  switch (type) {
    case 'STRINGS':
    case 'CASE_INSENSITIVE_STRINGS':
      return undefined;
    case 'IP_ADDRESSES':
      return typeof atOnce(IpList.of([entry])) === 'string' ? notAnAddress(entry) : undefined;
    case 'REGEX': {
      const pattern = compilePattern(entry);
      return typeof pattern === 'string' ? notAnExpression(pattern) : undefined;
    }
  }
}

/** Reads the body of a fetched list and adds entries of one's own. One bad entry makes the whole list bad. */
export function* parseList(type: EntryType, body: Uint8Array, overrides: readonly string[]): Steps<List | BadList> {
  const lines = yield* readLines(body);
  const entries = type === 'IP_ADDRESSES' ? yield* readWhitelist(lines) : lines;
  return 'problem' in entries ? entries : yield* createList(type, entries.concat(overrides));
}

/** Builds a list of its entries. One bad entry makes the whole list bad. */
export function* createList(type: EntryType, entries: readonly string[]): Steps<List | BadList> {
  switch (type) {
    case 'STRINGS':
      return yield* createSet(entries, (text) => text);
    case 'CASE_INSENSITIVE_STRINGS': {
      const upper = yield* createSet(entries, toUpper);
      return { has: (value) => upper.has(toUpper(value)) };
    }
    case 'IP_ADDRESSES':
      return yield* createIpList(entries);
    case 'REGEX':
      return yield* createPatternList(entries.filter(isGiven));
  }
}

function* createSet(entries: readonly string[], keyOf: (entry: string) => string): Steps<ReadonlySet<string>> {
  const keys = new Set<string>();
  for (const [index, entry] of entries.entries()) {
    if (index % pieceSize === 0) yield;
    if (isGiven(entry)) keys.add(keyOf(entry));
  }
  return keys;
}

function* createIpList(entries: readonly string[]): Steps<List | BadList> {
  const list = yield* IpList.of(entries);
  return typeof list === 'string' ? { problem: `an entry ${notAnAddress(list)}` } : list;
}

function* createPatternList(entries: readonly string[]): Steps<List | BadList> {
  const patterns: Pattern[] = [];
  for (const entry of entries) {
    yield;
    const pattern = compilePattern(entry);
    if (typeof pattern === 'string') return { problem: `an entry ${notAnExpression(pattern)}` };
    patterns.push(pattern);
  }
  return yield* PatternList.of(patterns);
}

function notAnAddress(entry: string): string {
  return `must be an IP address or a CIDR range, not "${entry}"`;
}

function notAnExpression(reason: string): string {
  return `must be a regular expression in RE2 syntax: ${reason}`;
}

function isGiven(entry: string): boolean {
  return entry !== '';
}

/** Upper case letter by letter, as Go does it: `ß` stays, where JavaScript would make two letters of it. */
function toUpper(text: string): string {
  const upper = text.toUpperCase();
  if (upper.length === text.length) return upper;
  return Array.from(text, (letter) => {
    const big = letter.toUpperCase();
    return big.length === letter.length ? big : letter;
  }).join('');
}
