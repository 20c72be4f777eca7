import { wellFormed } from '../escape.js';

const named = new Map([
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['\\', '\\\\'],
]);
const special = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]|["'\\]/gu;
const specialAscii = /[^ -~]|["'\\]/gu;

/** A text between quotes, with escapes as Go's strconv.Quote writes them; `ascii` escapes all that is not ASCII. */
export function quote(text: string, mark: '"' | "'" = '"', ascii = false): string {
  const escaped = wellFormed(text).replaceAll(ascii ? specialAscii : special, (char) => {
    if (char === '"' || char === "'") return char === mark ? `\\${char}` : char;
    return named.get(char) ?? escapeCode(char.codePointAt(0)!);
  });
  return mark + escaped + mark;
}

function escapeCode(code: number): string {
  const hex = code.toString(16);
  if (code < 0x20 || code === 0x7f) return `\\x${hex.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
