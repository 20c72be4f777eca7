import { RE2JS } from 're2js';
import type { EntryType } from './config.js';
import { IpList, parseRange } from './ip-list.js';

/** A list to look values up in. */
export interface List {
  /** Whether the list has the value; undefined when the value cannot be in a list of this kind. */
  has(value: string): boolean | undefined;
}

/** What is wrong with one entry; undefined when nothing is. */
export function findBadEntry(type: EntryType, entry: string): string | undefined {
  switch (type) {
    case 'STRINGS':
    case 'CASE_INSENSITIVE_STRINGS':
      return undefined;
    case 'IP_ADDRESSES':
      return parseRange(entry) === undefined ? `must be an IP address or a CIDR range, not "${entry}"` : undefined;
    case 'REGEX': {
      const pattern = compile(entry);
      return typeof pattern === 'string' ? `must be a regular expression in RE2 syntax: ${pattern}` : undefined;
    }
  }
}

/** Builds a list from entries that {@link findBadEntry} found nothing wrong with; others are left out. */
export function createList(type: EntryType, entries: readonly string[]): List {
  switch (type) {
    case 'STRINGS':
      return new Set(entries.filter(isGiven));
    case 'CASE_INSENSITIVE_STRINGS': {
      const upper = new Set(entries.filter(isGiven).map(toUpper));
      return { has: (value) => upper.has(toUpper(value)) };
    }
    case 'IP_ADDRESSES':
      return new IpList(entries.map(parseRange).filter((range) => range !== undefined));
    case 'REGEX': {
      const patterns = entries
        .filter(isGiven)
        .map(compile)
        .filter((pattern) => typeof pattern !== 'string');
      return { has: (value) => patterns.some((pattern) => pattern.test(value)) };
    }
  }
}

function isGiven(entry: string): boolean {
  return entry !== '';
}

/** The pattern, or why it is none. */
function compile(text: string): RE2JS | string {
  try {
    return RE2JS.compile(text);
  } catch (cause) {
    // The library's way to say no; its messages are written for users.
    return cause instanceof Error ? cause.message : String(cause);
  }
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
