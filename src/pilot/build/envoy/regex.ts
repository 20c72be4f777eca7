import { RE2JS } from 're2js';

// Envoy takes programs of 100 steps when nobody tells it otherwise at its start; it counts a few more than we do.
const MAX_STEPS = 96;
const MAX_BYTE = 0xff;

/** A regular expression that Envoy takes, which must match all of a text; undefined for one that it refuses. */
export function safeRegex(regex: string): { readonly regex: string } | undefined {
  // Envoy wants something, and nothing matches only nothing.
  if (regex === '') return { regex: '^$' };
  // It matches bytes, and knows nothing beyond them by number.
  const beyond = [...regex.matchAll(/\\x\{([^}]*)\}/g)].some(([, digits = '']) => parseInt(digits, 16) > MAX_BYTE);
  return !beyond && stepsOf(regex) <= MAX_STEPS ? { regex } : undefined;
}

/** The size of the program that RE2 makes: every range of bytes is a step of it. */
function stepsOf(regex: string): number {
  try {
    const { prog } = RE2JS.compile(Buffer.from(regex).toString('latin1')).re2Input as Compiled;
    return prog.inst.reduce((sum, { runes }) => sum + Math.max(1, rangesOf(runes)), 0);
  } catch {
    // Configuration with such an expression is told of where it is read.
    return Infinity;
  }
}

interface Compiled {
  readonly prog: { readonly inst: readonly { readonly runes?: readonly number[] | undefined }[] };
}

/** Pairs of first and last; one alone may stand for both cases of a letter. */
function rangesOf(runes: readonly number[] = []): number {
  return runes.length === 1 ? 1 : runes.filter((rune, at) => at % 2 === 0 && rune <= MAX_BYTE).length;
}
