/** A test that needs no automaton: against a text at the start, at the end, anywhere, or all of it. */
export interface TextTest {
  readonly kind: 'equals' | 'prefix' | 'suffix' | 'contains';
  readonly text: string;
}

/**
 * Reads a glob with one star: `x*` is a prefix, `*x` a suffix, anything else must be equal. A star at the end wins, so
 * that `*a*` is the prefix `*a` (mixer-core.md 3.2).
 */
export function prepareGlob(pattern: string): TextTest {
  if (pattern.endsWith('*')) return { kind: 'prefix', text: pattern.slice(0, -1) };
  if (pattern.startsWith('*')) return { kind: 'suffix', text: pattern.slice(1) };
  return { kind: 'equals', text: pattern };
}

/** Whether a text fits a glob that is known only at run time. */
export function globMatches(text: string, pattern: string): boolean {
  if (pattern.endsWith('*')) return text.startsWith(pattern.slice(0, -1));
  if (pattern.startsWith('*')) return text.endsWith(pattern.slice(1));
  return text === pattern;
}
