import { type Literal, numberLiteral, readEscape, textLiteral } from './literals.js';

/**
 * One token of Go. `literal` is undefined for a literal that Go reads and the language does not have. A `newline` is
 * Go's automatic semicolon; `broken` ends the list at the first lexical error.
 */
export interface Token {
  readonly kind: 'identifier' | 'keyword' | 'literal' | 'operator' | 'newline' | 'end' | 'broken';
  readonly text: string;
  readonly offset: number;
  readonly literal?: Literal | undefined;
  readonly problem?: string;
}

/** How to read the source: `dollar` also allows names that begin with `$`, for `$out.field` in attribute bindings. */
export interface ScanOptions {
  readonly dollar?: boolean;
}

const keywords = new Set(
  (
    'break case chan const continue default defer else fallthrough for func go goto if import interface map package ' +
    'range return select struct switch type var'
  ).split(' '),
);
const name = /[\p{L}_][\p{L}\p{Nd}_]*/uy;
const dollarName = /[\p{L}_$][\p{L}\p{Nd}_]*/uy;
const prefixedNumber = /0[xXoObB][\da-fA-F_.]*(?:[pP][+-]?[\d_]*)?i?/y;
const number = /(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?[\d_]*)?i?/y;
const operator = /<<=|>>=|&\^=|\.\.\.|&&|\|\||<-|\+\+|--|&\^|<<|>>|[=!<>:+\-*/%&|^]=|[-+*/%&|^<>=!()[\]{},;.:]/y;

/** Splits a source into Go's tokens, newlines included where Go would insert a semicolon. Never throws. */
export function scan(source: string, options: ScanOptions = {}): readonly Token[] {
  const scanner = new Scanner(source, options);
  scanner.run();
  return scanner.tokens;
}

class Scanner {
  readonly tokens: Token[] = [];
  #at: number;
  #done = false;
  readonly #name: RegExp;

  constructor(
    readonly source: string,
    options: ScanOptions,
  ) {
    this.#at = source.startsWith('\ufeff') ? 1 : 0;
    this.#name = options.dollar === true ? dollarName : name;
  }

  run(): void {
    while (!this.#done) {
      const head = this.source.charAt(this.#at);
      if (head === '') this.#end();
      else if (head === '\n') this.#newline(this.#at++);
      else if (head === ' ' || head === '\t' || head === '\r') this.#at++;
      else if (this.source.startsWith('//', this.#at)) this.#lineComment();
      else if (this.source.startsWith('/*', this.#at)) this.#comment();
      else this.#token(head);
    }
  }

  #token(head: string): void {
    if (head === '"') this.#quoted();
    else if (head === "'") this.#rune();
    else if (head === '`') this.#raw();
    else if (/\d/.test(head) || /^\.\d/.test(this.source.slice(this.#at, this.#at + 2))) this.#number();
    else this.#word();
  }

  #word(): void {
    const word = this.#match(this.#name);
    if (word !== '') {
      this.#push(keywords.has(word) ? 'keyword' : 'identifier', word);
      return;
    }
    const symbol = this.#match(operator);
    if (symbol === '') this.#break(this.#at, 'illegal character');
    else this.#push('operator', symbol);
  }

  #number(): void {
    const prefixed = this.#match(prefixedNumber);
    const text = prefixed === '' ? this.#match(number) : prefixed;
    const offset = this.#at;
    const wrong = wrongNumber(text);
    if (wrong === undefined) this.#push('literal', text, numberLiteral(text));
    else this.#break(offset + wrong, 'malformed number', text);
  }

  #quoted(): void {
    const start = this.#at;
    const end = endOfQuoted(this.source, start);
    if (end === undefined) {
      this.#break(start, 'string literal not terminated');
      return;
    }
    const text = this.source.slice(start, end);
    const value = unescapeText(this.source, { from: start + 1, to: end - 1, quote: '"' });
    if (typeof value === 'number') {
      this.#break(value, 'malformed escape sequence', text);
      return;
    }
    this.#push('literal', text, textLiteral(value));
  }

  #rune(): void {
    const start = this.#at;
    const end = endOfQuoted(this.source, start);
    if (end === undefined) {
      this.#break(start, 'rune literal not terminated');
      return;
    }
    const text = this.source.slice(start, end);
    const value = unescapeText(this.source, { from: start + 1, to: end - 1, quote: "'" });
    if (typeof value === 'number') {
      this.#break(value, 'malformed escape sequence', text);
      return;
    }
    if (!isOneRune(this.source, { start, end, value })) {
      this.#break(start, 'single quotes hold one character, text takes double quotes', text);
      return;
    }
    this.#push('literal', text, textLiteral(value));
  }

  #raw(): void {
    const end = this.source.indexOf('`', this.#at + 1);
    if (end < 0) {
      this.#break(this.#at, 'raw string literal not terminated');
      return;
    }
    const text = this.source.slice(this.#at, end + 1);
    this.#push('literal', text, textLiteral(text.slice(1, -1).replaceAll('\r', '')));
  }

  #lineComment(): void {
    const end = this.source.indexOf('\n', this.#at);
    // Go puts the semicolon where the comment begins.
    this.#newline(this.#at);
    this.#at = end < 0 ? this.source.length : end;
  }

  #comment(): void {
    const end = this.source.indexOf('*/', this.#at + 2);
    if (end < 0) {
      this.#break(this.#at, 'comment not terminated');
      return;
    }
    if (this.source.slice(this.#at, end).includes('\n')) this.#newline(this.#at);
    this.#at = end + 2;
  }

  #newline(offset: number): void {
    const last = this.tokens.at(-1);
    const ends =
      last?.kind === 'identifier' ||
      last?.kind === 'literal' ||
      (last?.kind === 'operator' && /^(?:\)|\]|\}|\+\+|--)$/.test(last.text));
    if (ends) this.tokens.push({ kind: 'newline', text: '\n', offset });
  }

  #end(): void {
    this.tokens.push({ kind: 'end', text: '', offset: this.source.length });
    this.#done = true;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.source)?.[0] ?? '';
  }

  #push(kind: Token['kind'], text: string, literal?: Literal): void {
    this.tokens.push({ kind, text, offset: this.#at, literal });
    this.#at += text.length;
  }

  // The broken literal is still a token, so that a grammar error before it or at its start is found first.
  #break(offset: number, problem: string, text?: string): void {
    if (text !== undefined && offset > this.#at) this.#push('literal', text);
    this.tokens.push({ kind: 'broken', text: '', offset, problem });
    this.#done = true;
  }
}

function endOfQuoted(source: string, start: number): number | undefined {
  const quote = source.charAt(start);
  for (let at = start + 1; at < source.length; at++) {
    const char = source.charAt(at);
    if (char === '\n') return undefined;
    if (char === quote) return at + 1;
    if (char === '\\') at++;
  }
  return undefined;
}

function unescapeText(source: string, part: { from: number; to: number; quote: string }): string | number {
  const slice = source.slice(part.from, part.to);
  if (!slice.includes('\\')) return slice;
  const chunks: Buffer[] = [];
  let at = part.from;
  while (at < part.to) {
    const next = source.indexOf('\\', at);
    const stop = next < 0 || next >= part.to ? part.to : next;
    if (stop > at) chunks.push(Buffer.from(source.slice(at, stop)));
    if (stop === part.to) break;
    const escape = readEscape(source, stop + 1, part.quote);
    if ('wrong' in escape) return escape.wrong;
    chunks.push(Buffer.from(escape.bytes));
    at = escape.end;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function isOneRune(source: string, rune: { start: number; end: number; value: string }): boolean {
  if (source.charAt(rune.start + 1) !== '\\') return Array.from(rune.value).length === 1;
  const escape = readEscape(source, rune.start + 2, "'");
  return 'end' in escape && escape.end === rune.end - 1;
}

/** Where a number is malformed in Go's eyes, relative to its start. */
function wrongNumber(text: string): number | undefined {
  if (/^0[xXoObB]/.test(text)) return /[\da-fA-F]/.test(text.slice(2)) ? undefined : 0;
  if (/[eE][+-]?(?:i|$)/.test(text)) return 0;
  const octal = /^0[\d_]*$/.test(text) ? text.search(/[89]/) : -1;
  return octal < 0 ? undefined : octal;
}
