const escape = /\\(?:([abfnrtv\\'"])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|.)/gs;
const single: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};
const integer = /^[+-]?(?:0[xX][0-9a-fA-F_]+|0[oO]?[0-7_]+|0[bB][01_]+|0|[1-9][\d_]*)$/;
const float = /^[+-]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?$/;
const bytes = new TextDecoder();

/** The text of an interpreted string or character constant, without its quotes; undefined when it has a bad escape. */
export function unquote(quoted: string): string | undefined {
  const body = quoted.slice(1, -1);
  if (!body.includes('\\')) return body;
  const quote = quoted[0] === '"' ? "'" : '"';
  // \x and octal escapes are bytes of UTF-8, so everything goes through bytes.
  const parts: Buffer[] = [];
  let at = 0;
  for (const match of body.matchAll(escape)) {
    const part = escaped(match, quote);
    if (part === undefined) return undefined;
    parts.push(Buffer.from(body.slice(at, match.index)), part);
    at = match.index + match[0].length;
  }
  parts.push(Buffer.from(body.slice(at)));
  return bytes.decode(Buffer.concat(parts));
}

function escaped(match: RegExpExecArray, otherQuote: string): Buffer | undefined {
  const [, letter, hex, short, long, octal] = match;
  if (letter !== undefined) return letter === otherQuote ? undefined : Buffer.from(single[letter]!);
  if (hex !== undefined) return Buffer.of(parseInt(hex, 16));
  if (octal !== undefined) return parseInt(octal, 8) > 255 ? undefined : Buffer.of(parseInt(octal, 8));
  const code = parseInt(short ?? long ?? 'no', 16);
  const isCharacter = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return isCharacter ? Buffer.from(String.fromCodePoint(code)) : undefined;
}

/** The code point of a character constant like `'a'`; undefined when it is not one character. */
export function parseChar(quoted: string): bigint | undefined {
  const [char, ...more] = Array.from(unquote(quoted) ?? '');
  return char === undefined || more.length > 0 ? undefined : BigInt(char.codePointAt(0)!);
}

/** An integer as bigint, another number as number; undefined when it is none or does not fit 64 bits. */
export function parseNumber(text: string): bigint | number | undefined {
  if (/_(?:_|$)/.test(text)) return undefined;
  const plain = text.replaceAll('_', '');
  if (!integer.test(text)) return float.test(text) ? finite(Number(plain)) : undefined;
  const negative = plain.startsWith('-');
  const size = BigInt(plain.replace(/^[+-]/, '').replace(/^0(?=[0-7])/, '0o'));
  const value = negative ? -size : size;
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
