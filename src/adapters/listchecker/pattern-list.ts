import { RE2JS } from 're2js';
import { LiteralIndex } from './literal-index.js';
import { type Need, type Outline, outlinePattern, shortest } from './outline.js';
import type { Steps } from './steps.js';

const groupSize = 256;

/** A regular expression with its source. */
export interface Pattern {
  readonly source: string;
  readonly compiled: RE2JS;
}

/** Reads an expression in RE2 syntax; a text says why it is none. */
export function compilePattern(source: string): Pattern | string {
  try {
    return { source, compiled: RE2JS.compile(source) };
  } catch (cause) {
    // The library's way to say no; its messages are written for users.
    return cause instanceof Error ? cause.message : String(cause);
  }
}

/**
 * Many regular expressions to search a text with, in time that hardly grows with their number. Those whose matches must
 * contain some text wait until that text is seen (one pass for all of them); those tied to the start run together as
 * one; what is left runs one by one.
 */
export class PatternList {
  readonly #index: LiteralIndex<RE2JS>;
  readonly #others: readonly RE2JS[];

  private constructor(index: LiteralIndex<RE2JS>, others: readonly RE2JS[]) {
    this.#index = index;
    this.#others = others;
  }

  static *of(patterns: readonly Pattern[]): Steps<PatternList> {
    const outlined: Outlined[] = [];
    for (const pattern of patterns) {
      outlined.push({ ...pattern, ...outlinePattern(pattern.source) });
      yield;
    }
    const others = outlined.filter(({ needs }) => needs.length === 0);
    const singles = others.filter(({ combinable }) => !combinable).map(({ compiled }) => compiled);
    const combined = yield* combine(others.filter(({ combinable }) => combinable));
    return new PatternList(new LiteralIndex(chooseLiterals(outlined)), [...combined, ...singles]);
  }

  /** Whether some expression is found in the text. */
  has(text: string): boolean {
    for (const pattern of this.#others) if (pattern.test(text)) return true;
    return this.#index.some(text, (pattern) => pattern.test(text));
  }
}

type Outlined = Pattern & Outline;

/** By text, the expressions that wait for it: of all a pattern needs, what the fewest others need too. */
function chooseLiterals(patterns: readonly Outlined[]): ReadonlyMap<string, readonly RE2JS[]> {
  const counts = new Map<string, number>();
  for (const { needs } of patterns) {
    for (const text of new Set(needs.flat())) counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const crowd = (need: Need): number => Math.max(...need.map((text) => counts.get(text)!));
  const literals = new Map<string, RE2JS[]>();
  for (const { needs, compiled } of patterns) {
    const [best] = [...needs].sort((a, b) => crowd(a) - crowd(b) || shortest(b) - shortest(a));
    for (const text of new Set(best ?? [])) {
      const waiting = literals.get(text);
      if (waiting === undefined) literals.set(text, [compiled]);
      else waiting.push(compiled);
    }
  }
  return literals;
}

/** Joins expressions into few; a group that does not compile as one (names used twice, too large) stays apart. */
function* combine(patterns: readonly Outlined[]): Steps<readonly RE2JS[]> {
  const groups: RE2JS[] = [];
  for (let at = 0; at < patterns.length; at += groupSize) {
    const group = patterns.slice(at, at + groupSize);
    const joined = compilePattern(group.map(({ source }) => `(?:${source})`).join('|'));
    if (typeof joined === 'string') groups.push(...group.map(({ compiled }) => compiled));
    else groups.push(joined.compiled);
    yield;
  }
  return groups;
}
