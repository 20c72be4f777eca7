import { Duration } from '../attributes/index.js';
import type { ConstantNode } from './ast.js';

/** A literal's type and value. */
export type Literal = Pick<ConstantNode, 'type' | 'value'>;

const MAX_INT64 = 2n ** 63n - 1n;
const plainInteger = /^\d+$/;
const plainFloat = /^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Reads a Go number; undefined for what Go accepts and a base-10 conversion does not (hex, `1_000`, `2i`, too big). */
export function numberLiteral(text: string): Literal | undefined {
  if (plainInteger.test(text)) {
    const value = BigInt(text);
    return value > MAX_INT64 ? undefined : { type: 'INT64', value };
  }
  if (!plainFloat.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? { type: 'DOUBLE', value } : undefined;
}

/** Types the text of a string or rune literal: whatever reads as a duration is one, also `"0"`. */
export function textLiteral(text: string): Literal {
  const duration = Duration.parse(text);
  return duration === undefined ? { type: 'STRING', value: text } : { type: 'DURATION', value: duration };
}

/** What follows a backslash: its text, where it ends, or the offset of what is wrong. */
export type Escape = { readonly bytes: number[]; readonly end: number } | { readonly wrong: number };

const simple: ReadonlyMap<string, number> = new Map([
  ['a', 7],
  ['b', 8],
  ['f', 12],
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['v', 11],
  ['\\', 92],
]);
const numeric: ReadonlyMap<string, { readonly digits: number; readonly base: number; readonly max: number }> = new Map([
  ['x', { digits: 2, base: 16, max: 0xff }],
  ['u', { digits: 4, base: 16, max: 0x10ffff }],
  ['U', { digits: 8, base: 16, max: 0x10ffff }],
  ...Array.from('01234567', (digit) => [digit, { digits: 3, base: 8, max: 0xff }] as const),
]);

/** Reads the escape sequence whose backslash is just before `at`. `\x` and octal ones denote single bytes. */
export function readEscape(source: string, at: number, quote: string): Escape {
  const head = source.charAt(at);
  const code = head === quote ? quote.charCodeAt(0) : simple.get(head);
  if (code !== undefined) return { bytes: [code], end: at + 1 };
  const form = numeric.get(head);
  if (form === undefined) return { wrong: at };
  const start = form.base === 8 ? at : at + 1;
  let value = 0;
  for (let i = start; i < start + form.digits; i++) {
    const digit = parseInt(source.charAt(i), form.base);
    if (Number.isNaN(digit)) return { wrong: i };
    value = value * form.base + digit;
  }
  if (value > form.max || (value >= 0xd800 && value < 0xe000)) return { wrong: at };
  const bytes = head === 'u' || head === 'U' ? [...Buffer.from(String.fromCodePoint(value))] : [value];
  return { bytes, end: start + form.digits };
}
