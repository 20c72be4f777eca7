/**
 * Whether a text fits a glob with one star: `x*` is a prefix, `*x` a suffix, anything else must be equal. A star at the
 * end wins, so that `*a*` is the prefix `*a` (mixer-core.md 3.2).
 */
export function globMatches(text: string, pattern: string): boolean {
  if (pattern.endsWith('*')) return text.startsWith(pattern.slice(0, -1));
  if (pattern.startsWith('*')) return text.endsWith(pattern.slice(1));
  return text === pattern;
}
