import type { Command, Expr, Pipe } from './ast.js';
import { functionNames, unsupportedFunctions } from './functions.js';
import { parseChar, parseNumber, unquote } from './literals.js';
import { methodNames } from './methods.js';
import type { Scope } from './scope.js';
import type { Token, TokenKind } from './tokens.js';

/** How deep parentheses may be nested. */
const maxDepth = 50;

/** What is wrong with a pipeline, and where. */
export class SyntaxProblem extends Error {
  constructor(
    readonly at: number,
    message: string,
  ) {
    super(message);
  }
}

/** Reads the pipeline of one action. Throws the first {@link SyntaxProblem}: what follows it would only be noise. */
export class PipeParser {
  #next = 0;
  #depth = 0;

  constructor(
    readonly tokens: readonly Token[],
    readonly scope: Scope,
  ) {}

  get token(): Token {
    return this.tokens[this.#next]!;
  }

  /** Takes a word such as `if`, if it comes next. */
  takeWord(word: string): boolean {
    const isNext = this.token.kind === 'word' && this.token.text === word;
    if (isNext) this.#next += 1;
    return isNext;
  }

  /** The whole rest of the action: variables and a pipeline. */
  parseRest(what: string, isRange = false): Pipe {
    const { at } = this.token;
    const variables = this.#parseVariables(isRange);
    const commands = this.#parseCommands('end', what);
    this.#next -= 1;
    this.expectEnd();
    // Only now: a variable is not known in the pipeline that it is declared with.
    const slots = variables.map(({ name, slot }) => slot ?? this.scope.declare(name));
    return { slots, commands, at };
  }

  expectEnd(): void {
    if (this.token.kind !== 'end') throw this.#unexpected();
  }

  #parseVariables(isRange: boolean): { readonly name: string; readonly slot: number | undefined }[] {
    const names: Token[] = [];
    for (let ahead = this.#next; this.tokens[ahead]?.kind === 'variable'; ahead += 2) {
      names.push(this.tokens[ahead]!);
      const sign = this.tokens[ahead + 1]!;
      if (sign.kind === ':=' || sign.kind === '=') {
        if (names.length > (isRange ? 2 : 1)) throw new SyntaxProblem(sign.at, 'too many variables');
        this.#next = ahead + 2;
        return names.map(({ text: name, at }) => ({
          name,
          slot: sign.kind === '=' ? this.#slotOf(name, at) : undefined,
        }));
      }
      if (sign.kind !== ',') break;
    }
    return [];
  }

  /** Commands up to a closing token, which is taken too. */
  #parseCommands(close: TokenKind, what: string): Command[] {
    const commands: Command[] = [];
    for (;;) {
      const args = this.#parseOperands(what);
      if (commands.length > 0) this.#expectExecutable(args[0], commands.length + 1);
      commands.push({ args });
      const { kind } = this.token;
      if (kind !== close && kind !== '|') throw this.#unexpected();
      this.#next += 1;
      if (kind === close) return commands;
    }
  }

  #parseOperands(what: string): [Expr, ...Expr[]] {
    const operands: Expr[] = [];
    for (let { token } = this; ; token = this.token) {
      if (token.kind === 'end' || token.kind === '|' || token.kind === ')') break;
      if (operands.length > 0 && !token.spaced) throw this.#unexpected();
      operands.push(this.#parseOperand());
    }
    const [first, ...more] = operands;
    if (first === undefined) throw new SyntaxProblem(this.token.at, `${what} needs a value`);
    if (first.kind === 'nil') throw new SyntaxProblem(first.at, 'nil is not a value to print or pass on');
    if (more.length > 0) this.#expectCallable(first);
    return [first, ...more];
  }

  #parseOperand(): Expr {
    const { kind, text, at } = this.token;
    this.#next += 1;
    switch (kind) {
      case 'string':
      case 'raw':
      case 'char':
      case 'number':
        return { kind: 'constant', value: constant(kind, text, at), at };
      case 'dot':
        return { kind: 'dot', at };
      case 'field':
        return { kind: 'field', names: this.#methods([text.slice(1), ...this.#names()], at), at };
      case 'variable':
        return { kind: 'variable', slot: this.#slotOf(text, at), names: this.#methods(this.#names(), at), at };
      case 'word':
        return wordOperand(text, at);
      case '(':
        return this.#parseGroup(at);
      default:
        this.#next -= 1;
        throw this.#unexpected();
    }
  }

  #parseGroup(at: number): Expr {
    this.#depth += 1;
    if (this.#depth > maxDepth) throw new SyntaxProblem(at, `parentheses are nested more than ${maxDepth} deep`);
    const commands = this.#parseCommands(')', 'a pair of parentheses');
    this.#depth -= 1;
    return { kind: 'group', pipe: { slots: [], commands, at }, names: this.#methods(this.#names(), at), at };
  }

  /** Names that follow without space. */
  #names(): string[] {
    const names: string[] = [];
    for (; this.token.kind === 'field' && !this.token.spaced; this.#next += 1) names.push(this.token.text.slice(1));
    return names;
  }

  /** The first name may be a field; those after it are of values, and values have nothing but methods. */
  #methods(names: readonly string[], at: number): readonly string[] {
    const unknown = names.slice(1).find((name) => !methodNames.has(name));
    if (unknown === undefined) return names;
    throw new SyntaxProblem(at, `values have no field or supported method '${unknown}'`);
  }

  #slotOf(name: string, at: number): number {
    const slot = this.scope.find(name);
    if (slot === undefined) throw new SyntaxProblem(at, `undefined variable '${name}'`);
    return slot;
  }

  #expectCallable(first: Expr): void {
    const isCall = first.kind === 'function' || first.kind === 'field' || ('names' in first && first.names.length > 0);
    if (!isCall) throw new SyntaxProblem(first.at, 'only functions and methods take arguments');
  }

  #expectExecutable(first: Expr, stage: number): void {
    if (first.kind === 'constant' || first.kind === 'nil' || first.kind === 'dot') {
      throw new SyntaxProblem(first.at, `stage ${stage} of the pipeline is not a function or method`);
    }
    this.#expectCallable(first);
  }

  #unexpected(): SyntaxProblem {
    const { kind, text, at } = this.token;
    return new SyntaxProblem(at, `unexpected ${kind === 'end' ? text : `'${text}'`}`);
  }
}

function constant(kind: 'string' | 'raw' | 'char' | 'number', text: string, at: number): string | bigint | number {
  if (kind === 'raw') return text.slice(1, -1).replaceAll('\r', '');
  if (kind === 'number' && text.endsWith('i') && parseNumber(text.slice(0, -1)) !== undefined) {
    throw new SyntaxProblem(at, 'complex numbers are not supported');
  }
  const value = kind === 'string' ? unquote(text) : kind === 'char' ? parseChar(text) : parseNumber(text);
  if (value === undefined) throw new SyntaxProblem(at, `${text} is not a ${kind}`);
  return value;
}

function wordOperand(name: string, at: number): Expr {
  if (name === 'true' || name === 'false') return { kind: 'constant', value: name === 'true', at };
  if (name === 'nil') return { kind: 'nil', at };
  if (functionNames.has(name)) return { kind: 'function', name, at };
  const isKnown = unsupportedFunctions.has(name);
  throw new SyntaxProblem(at, isKnown ? `'${name}' is not supported` : `there is no function '${name}'`);
}
