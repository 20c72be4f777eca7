import { RE2JS } from 're2js';
import { EvalError } from '../../attributes/index.js';
import type { TextTest } from './match.js';

/** A pattern, made ready: what is provably a plain text becomes a string test, the rest a linear-time automaton. */
export type Pattern = { readonly kind: 'any' } | TextTest | { readonly kind: 'regex'; readonly regex: RE2JS };

const plain = /^(\^|\.\*)?((?:[^\\.+*?()[\]{}|^$]|\\[-\\.+*?()[\]{}|^$/])*)(\$|\.\*)?$/;
const maxCached = 512;
const cache = new Map<string, Pattern | EvalError>();

/** Makes a pattern of RE2 syntax ready for an unanchored search, or says INVALID_REGEX. */
export function preparePattern(source: string): Pattern | EvalError {
  const [whole, head, body = '', tail] = plain.exec(source) ?? [];
  if (whole !== undefined) {
    const text = body.replace(/\\(.)/g, '$1');
    if (head === '^') return { kind: tail === '$' ? 'equals' : 'prefix', text };
    if (tail === '$') return { kind: 'suffix', text };
    return text === '' ? { kind: 'any' } : { kind: 'contains', text };
  }
  try {
    return { kind: 'regex', regex: RE2JS.compile(source) };
  } catch (cause) {
    return new EvalError('INVALID_REGEX', `'${source}' is no regular expression: ${String(cause)}`, source);
  }
}

/** Searches a text for a prepared pattern. */
export function testPattern(pattern: Pattern, text: string): boolean {
  switch (pattern.kind) {
    case 'any':
      return true;
    case 'equals':
      return text === pattern.text;
    case 'prefix':
      return text.startsWith(pattern.text);
    case 'suffix':
      return text.endsWith(pattern.text);
    case 'contains':
      return text.includes(pattern.text);
    case 'regex':
      return pattern.regex.test(text);
  }
}

/** `pattern.matches(text)` for patterns known only at run time: the last few hundred stay prepared. */
export function patternMatches(source: string, text: string): boolean | EvalError {
  let pattern = cache.get(source);
  if (pattern === undefined) {
    pattern = preparePattern(source);
    if (cache.size >= maxCached) cache.delete(cache.keys().next().value!);
  } else cache.delete(source);
  // Added anew, so that the first key of the map is always the one unused for longest.
  cache.set(source, pattern);
  return pattern instanceof EvalError ? pattern : testPattern(pattern, text);
}
