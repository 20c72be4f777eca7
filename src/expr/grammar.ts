import { binaryOperators, unaryOperators } from './ast.js';
import { type CompileError, errorAt } from './compile-error.js';
import { limits } from './limits.js';
import type { Token } from './scan.js';

/** What is open while the tokens are read; `unary` counts the prefix operators of the operand being read. */
interface Frame {
  readonly kind: 'top' | 'group' | 'call' | 'index' | 'assertion' | 'composite';
  unary: number;
}

/** How an operand began, as far as Go's composite literals care: `a{}` and `a.b{}` are some, `a.b.c{}` is not. */
type Shape = 'name' | 'qualified' | 'other';

type Step = CompileError | 'done' | undefined;

const closers: Readonly<Record<Frame['kind'], string>> = {
  top: '',
  group: ')',
  call: ')',
  assertion: ')',
  index: ']',
  composite: '}',
};
const prefixes = new Set([...unaryOperators.keys(), '*', '<-']);
const typeKeywords = new Set(['func', 'struct', 'map', 'chan', 'interface']);

/**
 * Reads Go's expression grammar off a list of tokens: an operand, then an operator or a closer, and so on, with the
 * brackets on a stack. It finds the first error at the token where Go's parser would, tells Go that the language does
 * not have from what is not Go at all, and measures nesting, all before any recursive parser sees the text.
 *
 * The result is the same expression written for jsep: every name and literal is `_i`, where i is its token's index,
 * and a grouping parenthesis is a call of `p<i>`, because jsep forgets parentheses and the language does not.
 */
export function rewriteForJsep(source: string, tokens: readonly Token[]): string | CompileError {
  return new Grammar(source, tokens).run();
}

class Grammar {
  readonly #out: string[] = [];
  readonly #stack: Frame[] = [{ kind: 'top', unary: 0 }];
  #at = 0;
  #depth = 0;
  #operandNext = true;
  /** An operand may be left out here: after `(` or `,` of a call, in `a[:]`, in `a{}`. */
  #mayClose = false;
  #shape: Shape = 'other';
  #unsupported: Token | undefined;

  constructor(
    readonly source: string,
    readonly tokens: readonly Token[],
  ) {}

  run(): string | CompileError {
    for (;;) {
      const token = this.tokens[this.#at]!;
      const step = this.#operandNext ? this.#operand(token) : this.#operator(token);
      if (step === 'done') break;
      if (step !== undefined) return step;
      if (this.#depth > limits.nesting) return tooDeep(this.source, token.offset);
      this.#at++;
    }
    return this.#unsupported === undefined ? this.#out.join(' ') : this.#refuse(this.#unsupported);
  }

  get #frame(): Frame {
    return this.#stack.at(-1)!;
  }

  #operand(token: Token): Step {
    const mayClose = this.#mayClose;
    this.#mayClose = false;
    if (token.kind === 'identifier' || token.kind === 'literal') return this.#take(token);
    if (token.kind === 'keyword' && typeKeywords.has(token.text)) return this.#refuse(token);
    if (token.kind !== 'operator') return this.#unexpected(token);
    if (mayClose && token.text === closers[this.#frame.kind]) return this.#close();
    switch (token.text) {
      case '(':
        return this.#open('group', `p${this.#at} (`);
      case '[':
        return this.#refuse(token);
      case ':':
        return this.#frame.kind === 'index' ? this.#colon(token) : this.#unexpected(token);
      default:
        return prefixes.has(token.text) ? this.#prefix(token) : this.#unexpected(token);
    }
  }

  #take(token: Token): Step {
    this.#out.push(`_${this.#at}`);
    this.#operandNext = false;
    this.#shape = token.kind === 'identifier' ? 'name' : 'other';
    return undefined;
  }

  #prefix(token: Token): Step {
    if (!unaryOperators.has(token.text)) this.#unsupported ??= token;
    else this.#out.push(token.text);
    this.#frame.unary++;
    this.#depth++;
    return undefined;
  }

  #operator(token: Token): Step {
    if (token.kind === 'newline' || token.kind === 'end') return this.#finish(token);
    if (token.kind !== 'operator') return this.#unexpected(token);
    if (binaryOperators.has(token.text)) {
      this.#out.push(token.text);
      return this.#nextOperand();
    }
    return token.text === closers[this.#frame.kind] ? this.#close() : this.#continue(token);
  }

  #continue(token: Token): Step {
    switch (token.text) {
      case '.':
        return this.#select();
      case '(':
        return this.#open('call', '(');
      case '[':
        return this.#open('index', '[');
      case '{':
        return this.#composite(token);
      case ',':
        return this.#comma(token);
      case ':':
        return this.#colon(token);
      case '...':
        return this.#ellipsis(token);
      default:
        return this.#unexpected(token);
    }
  }

  #select(): Step {
    const next = this.tokens[++this.#at]!;
    if (next.kind === 'operator' && next.text === '(') {
      this.#unsupported ??= next;
      return this.#open('assertion', '');
    }
    if (next.kind !== 'identifier') return this.#unexpected(next);
    this.#out.push('.', `_${this.#at}`);
    this.#shape = this.#shape === 'name' ? 'qualified' : 'other';
    return undefined;
  }

  #composite(token: Token): Step {
    if (this.#shape === 'other') return this.#unexpected(token);
    this.#unsupported ??= token;
    return this.#open('composite', '');
  }

  #comma(token: Token): Step {
    const { kind } = this.#frame;
    if (kind !== 'call' && kind !== 'composite') return this.#unexpected(token);
    this.#out.push(',');
    this.#nextOperand();
    this.#mayClose = true;
    return undefined;
  }

  #colon(token: Token): Step {
    const { kind } = this.#frame;
    if (kind !== 'index' && kind !== 'composite') return this.#unexpected(token);
    this.#unsupported ??= token;
    this.#nextOperand();
    this.#mayClose = kind === 'index';
    return undefined;
  }

  #ellipsis(token: Token): Step {
    const next = this.tokens[this.#at + 1]!;
    if (this.#frame.kind !== 'call' || (next.text !== ')' && next.text !== ',')) return this.#unexpected(token);
    this.#unsupported ??= token;
    return undefined;
  }

  #open(kind: Frame['kind'], text: string): Step {
    this.#out.push(text);
    this.#stack.push({ kind, unary: 0 });
    this.#depth++;
    this.#operandNext = true;
    this.#mayClose = kind === 'call' || kind === 'composite';
    return undefined;
  }

  #close(): Step {
    const { kind } = this.#frame;
    if (this.#out.at(-1) === ',') this.#out.pop();
    this.#nextOperand();
    this.#stack.pop();
    this.#depth--;
    this.#out.push(closers[kind]);
    this.#operandNext = false;
    this.#shape = 'other';
    return undefined;
  }

  #nextOperand(): Step {
    this.#depth -= this.#frame.unary;
    this.#frame.unary = 0;
    this.#operandNext = true;
    return undefined;
  }

  // One newline may end the expression; anything after it is one expression too many.
  #finish(token: Token): Step {
    if (this.#frame.kind !== 'top') return this.#unexpected(token);
    const last = token.kind === 'newline' ? this.tokens[this.#at + 1]! : token;
    return last.kind === 'end' ? 'done' : this.#unexpected(last);
  }

  #unexpected(token: Token): CompileError {
    const found = token.kind === 'end' ? 'end of expression' : token.kind === 'newline' ? 'newline' : `'${token.text}'`;
    const message = token.problem ?? `unexpected ${found}`;
    return errorAt(this.source, token.offset, { kind: 'PARSE_ERROR', message });
  }

  #refuse(token: Token): CompileError {
    const message = `'${token.text}' is not part of the expression language here`;
    return errorAt(this.source, token.offset, { kind: 'UNSUPPORTED_SYNTAX', message });
  }
}

function tooDeep(source: string, offset: number): CompileError {
  const message = `more than ${limits.nesting} brackets and prefix operators are open at once`;
  return errorAt(source, offset, { kind: 'EXPRESSION_TOO_LARGE', message });
}
