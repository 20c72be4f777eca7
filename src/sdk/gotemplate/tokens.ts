import type { Complain } from './segments.js';

export type TokenKind =
  | 'string'
  | 'raw'
  | 'char'
  | 'number'
  | 'field'
  | 'dot'
  | 'variable'
  | 'word'
  | ':='
  | '='
  | '|'
  | ','
  | '('
  | ')'
  | 'end';

/** A token of an action. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Where it begins in the template. */
  readonly at: number;
  /** Whether space, or nothing, is before it: `.a.b` is a chain, `.a .b` are two. */
  readonly spaced: boolean;
}

const shapes: readonly (readonly [TokenKind | 'space', RegExp])[] = [
  ['space', /[ \t\r\n]+/y],
  ['string', /"(?:[^"\\\n]|\\.)*"/y],
  ['raw', /`[^`]*`/y],
  ['char', /'(?:[^'\\\n]|\\.)+'/y],
  ['number', /[+-]?(?:\d|\.\d)(?:[\w.]|(?<=[eEpP])[+-])*/y],
  ['field', /\.[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ['dot', /\./y],
  ['variable', /\$[\p{L}\p{Nd}_]*/uy],
  ['word', /[\p{L}_][\p{L}\p{Nd}_]*/uy],
  [':=', /:=/y],
  ...(['=', '|', ',', '(', ')'] as const).map((text) => [text, new RegExp(`\\${text}`, 'y')] as const),
];

/** Splits an action into tokens, ended by one of kind `end`; undefined, and a finding, when it cannot be. */
export function tokenize(text: string, offset: number, complain: Complain): Token[] | undefined {
  const tokens: Token[] = [];
  let spaced = true;
  for (let at = 0; at < text.length;) {
    const found = tokenAt(text, at);
    if (found === undefined) {
      const char = String.fromCodePoint(text.codePointAt(at)!);
      complain(offset + at, /["'`]/.test(char) ? 'a quoted text does not end' : `unexpected '${char}'`);
      return undefined;
    }
    const [kind, part] = found;
    if (kind !== 'space') tokens.push({ kind, text: part, at: offset + at, spaced });
    spaced = kind === 'space';
    at += part.length;
  }
  tokens.push({ kind: 'end', text: 'the end of the action', at: offset + text.length, spaced: true });
  return tokens;
}

function tokenAt(text: string, at: number): readonly [TokenKind | 'space', string] | undefined {
  for (const [kind, shape] of shapes) {
    shape.lastIndex = at;
    const part = shape.exec(text)?.[0];
    if (part !== undefined) return [kind, part];
  }
  return undefined;
}
