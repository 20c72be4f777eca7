/** Texts of which every match contains at least one, in lower case. */
export type Need = readonly string[];

/** What can be told about a regular expression without running it. */
export interface Outline {
  /** Each of them holds for every match, so any one will do to rule a text out. None when nothing is known. */
  readonly needs: readonly Need[];
  /** Whether it runs well in one pass together with others: tied to the start, and without a wildcard in reach. */
  readonly combinable: boolean;
}

const unknown: Outline = { needs: [], combinable: false };
/** Shorter texts are in everything. */
export const shortestNeed = 3;
const mostTexts = 32;

/**
 * Finds texts that a match of an RE2 expression must contain. Only sound expressions may be given. What is not
 * understood here is not guessed at: the answer is then that nothing is known. Letters are folded to lower case, so
 * that flags need no thought; only ASCII counts.
 */
export function outlinePattern(source: string): Outline {
  const outliner = new Outliner(source);
  const needs = outliner.alternation();
  if (outliner.lost) return unknown;
  const isTied = source.startsWith('^') && !outliner.branched && !/[^\\]\.[*+{]/.test(source);
  return { needs, combinable: isTied };
}

/** A piece of an expression: a letter, something of no width, a group, or anything else. */
type Atom =
  | { readonly kind: 'letter'; readonly letter: string }
  | { readonly kind: 'group'; readonly needs: readonly Need[] }
  | { readonly kind: 'nothing' | 'other' };

const nothing: Atom = { kind: 'nothing' };
const other: Atom = { kind: 'other' };
const printable = /^[ -~]$/;
const groupHead = /\((?:\?(?:P?<\w+>|[imsU-]*:))?(?!\?)/y;
const flagGroup = /\(\?[imsU-]+\)/y;
const repetition = /(?:[*?+]|\{(\d+)(?:,\d*)?\})\??/y;
const escape = /\\(?:([dDwWsS]|[pP](?:\{\^?\w+\}|\w))|([bBAz])|([^0-9A-Za-z]))/y;
const bracket = /\[\^?\]?(?:\[:\^?\w+:\]|\\(?:[pP]\{\^?\w+\}|x\{\w+\}|[^])|[^\]\\])*\]/y;

class Outliner {
  /** Something was met that is not understood. */
  lost = false;
  /** There is a choice at the outermost level. */
  branched = false;
  #at = 0;
  #depth = 0;

  constructor(readonly source: string) {}

  alternation(): readonly Need[] {
    this.#depth += 1;
    const branches = [this.#sequence()];
    while (this.#peek() === '|') {
      this.#at += 1;
      branches.push(this.#sequence());
    }
    this.#depth -= 1;
    if (this.#depth === 0) {
      this.branched = branches.length > 1;
      if (this.#at < this.source.length) this.lost = true;
    }
    return branches.length === 1 ? branches[0]! : oneOf(branches);
  }

  #sequence(): readonly Need[] {
    const needs: Need[] = [];
    let run = '';
    const endRun = (): void => {
      if (run.length >= shortestNeed) needs.push([run]);
      run = '';
    };
    for (let next = this.#peek(); next !== '' && next !== '|' && next !== ')'; next = this.#peek()) {
      const atom = this.#atom();
      if (this.lost) return [];
      const times = this.#times();
      if (atom.kind === 'nothing') continue;
      if (atom.kind === 'letter' && times !== 'maybe') run += atom.letter;
      if (atom.kind !== 'letter' || times !== 'once') endRun();
      if (atom.kind === 'group' && times !== 'maybe') needs.push(...atom.needs);
    }
    endRun();
    return needs;
  }

  #atom(): Atom {
    const next = this.#peek();
    switch (next) {
      case '(':
        return this.#group();
      case '[':
        return this.#take(bracket) === undefined ? this.#lose() : other;
      case '\\':
        return this.#escape();
      case '^':
      case '$':
        this.#at += 1;
        return nothing;
      case '*':
      case '+':
      case '?':
      case '{':
        // A brace that repeats nothing is a letter to RE2, but not worth the trouble.
        return this.#lose();
      default:
        this.#at += 1;
        return next !== '.' && printable.test(next) ? { kind: 'letter', letter: next.toLowerCase() } : other;
    }
  }

  #group(): Atom {
    // Flags that are repeated repeat what stands before them.
    if (this.#take(flagGroup) !== undefined) return '*+?{'.includes(this.#peek() || ' ') ? this.#lose() : nothing;
    if (this.#take(groupHead) === undefined) return this.#lose();
    const needs = this.alternation();
    if (this.#peek() !== ')') return this.#lose();
    this.#at += 1;
    return { kind: 'group', needs };
  }

  #escape(): Atom {
    const found = this.#take(escape);
    if (found === undefined) return this.#lose();
    const [, , assertion, letter] = found;
    if (assertion !== undefined) return nothing;
    return letter !== undefined && printable.test(letter) ? { kind: 'letter', letter } : other;
  }

  /** How often the atom before may come; repetitions of repetitions count as perhaps. */
  #times(): 'once' | 'often' | 'maybe' {
    let times: 'once' | 'often' | 'maybe' = 'once';
    for (let found = this.#take(repetition); found !== undefined; found = this.#take(repetition)) {
      const [text, least] = found;
      const isSure: boolean = times !== 'maybe' && (text.startsWith('+') || (least !== undefined && Number(least) > 0));
      times = isSure ? 'often' : 'maybe';
    }
    return times;
  }

  #take(shape: RegExp): RegExpExecArray | undefined {
    shape.lastIndex = this.#at;
    const found = shape.exec(this.source);
    if (found !== null) this.#at = shape.lastIndex;
    return found ?? undefined;
  }

  #peek(): string {
    return this.source.charAt(this.#at);
  }

  #lose(): Atom {
    this.lost = true;
    return other;
  }
}

/** What holds for all branches: the best text of each, if each has one. */
function oneOf(branches: readonly (readonly Need[])[]): readonly Need[] {
  const texts: string[] = [];
  for (const needs of branches) {
    let best: Need | undefined;
    for (const need of needs) if (best === undefined || shortest(need) > shortest(best)) best = need;
    if (best === undefined) return [];
    texts.push(...best);
  }
  return texts.length > mostTexts ? [] : [texts];
}

/** Length of the shortest of the texts: what a need is worth. */
export function shortest(need: Need): number {
  return Math.min(...need.map((text) => text.length));
}
