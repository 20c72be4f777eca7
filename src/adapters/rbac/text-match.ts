/** Whether a text matches. */
export type TextMatch = (text: string) => boolean;

/** What a pattern asks for. `*x*` asks for a text that begins with `*x` or ends with `x*`, as Mixer had it. */
export interface TextPattern {
  /** True for `*` alone. */
  readonly all: boolean;
  /** The whole text, of a pattern without a star at either end. */
  readonly exact: string | undefined;
  /** What the text must begin with, or end with: one of them will do. */
  readonly prefix: string | undefined;
  readonly suffix: string | undefined;
}

/** Reads a pattern: a text, `*`, `prefix*` or `*suffix`. A star anywhere else is a star. */
export function parsePattern(text: string): TextPattern {
  const all = text === '*';
  const prefix = !all && text.endsWith('*') ? text.slice(0, -1) : undefined;
  const suffix = !all && text.startsWith('*') ? text.slice(1) : undefined;
  const exact = all || prefix !== undefined || suffix !== undefined ? undefined : text;
  return { all, exact, prefix, suffix };
}

/** A match by any of several patterns; without one nothing matches. */
export function compileTexts(texts: readonly string[]): TextMatch {
  const patterns = texts.map(parsePattern);
  if (patterns.some(({ all }) => all)) return () => true;
  const exact = new Set(patterns.map((pattern) => pattern.exact).filter((text) => text !== undefined));
  const prefixes = patterns.map(({ prefix }) => prefix).filter((text) => text !== undefined);
  const suffixes = patterns.map(({ suffix }) => suffix).filter((text) => text !== undefined);
  const [first] = prefixes;
  if (first !== undefined && texts.length === 1 && suffixes.length === 0) return (text) => text.startsWith(first);
  if (prefixes.length > 0 || suffixes.length > 0) {
    return (text) =>
      exact.has(text) ||
      prefixes.some((prefix) => text.startsWith(prefix)) ||
      suffixes.some((suffix) => text.endsWith(suffix));
  }
  const [only] = exact;
  // One method, one path: by far the most common, and no hashing.
  return exact.size === 1 ? (text) => text === only : (text) => exact.has(text);
}
