import { Duration, type StringMap, Timestamp } from '../../../attributes/index.js';
import { DataMap, type Datum, sortedEntries, typeName } from '../datum.js';
import { timeText } from '../time-layout.js';
import { cut, type Flags, noFlags, pad, padNumber } from './flags.js';
import { formatFloat } from './float.js';
import { quote } from './quote.js';

const decoder = new TextDecoder();
const radix = new Map([
  ['v', 10],
  ['d', 10],
  ['b', 2],
  ['o', 8],
  ['O', 8],
  ['x', 16],
  ['X', 16],
]);
const radixPrefix = new Map([
  ['b', '0b'],
  ['o', '0'],
  ['O', '0'],
  ['x', '0x'],
  ['X', '0X'],
]);

const floatVerbs: ReadonlyMap<string, 'e' | 'f' | 'g'> = new Map([
  ['v', 'g'],
  ['g', 'g'],
  ['G', 'g'],
  ['e', 'e'],
  ['E', 'e'],
  ['f', 'f'],
  ['F', 'f'],
] as const);

/** A value as Go's fmt prints it for a verb, with Go's own text for a verb that does not fit: `%!d(string=x)`. */
export function formatValue(value: Datum, verb: string, flags: Flags): string {
  if (verb === 'T') return formatText(typeName(value), 's', flags)!;
  return (value === undefined ? formatNil(verb, flags) : formatAny(value, verb, flags)) ?? badVerb(value, verb, flags);
}

/** A value as `%v` and print show it. */
export function plainText(value: Datum): string {
  if (typeof value === 'string') return value;
  return typeof value === 'bigint' ? value.toString() : formatValue(value, 'v', noFlags);
}

/** What a verb that does not fit gives. */
function badVerb(value: Datum, verb: string, flags: Flags): string {
  if (value === undefined) return `%!${verb}(<nil>)`;
  // Here, and only here, Go shows a duration as its number.
  const text = formatAny(value instanceof Duration ? value.toNanos() : value, 'v', flags)!;
  return `%!${verb}(${typeName(value)}=${text})`;
}

function formatNil(verb: string, flags: Flags): string | undefined {
  return verb === 'v' ? pad('<nil>', flags) : undefined;
}

function formatAny(value: NonNullable<Datum>, verb: string, flags: Flags): string | undefined {
  switch (typeof value) {
    case 'string':
      return formatText(value, verb, flags);
    case 'bigint':
      return formatInteger(value, verb, flags);
    case 'number':
      return formatNumber(value, verb, flags);
    case 'boolean':
      return verb === 'v' || verb === 't' ? pad(String(value), flags) : undefined;
    default:
      return formatObject(value, verb, flags);
  }
}

function formatText(text: string, verb: string, flags: Flags): string | undefined {
  switch (verb) {
    case 'v':
    case 's':
      return pad(cut(text, flags), flags);
    case 'q': {
      const part = cut(text, flags);
      const isRaw = flags.sharp && !part.includes('`') && /^[\t\P{Cc}]*$/u.test(part);
      return pad(isRaw ? `\`${part}\`` : quote(part, '"', flags.plus), flags);
    }
    case 'x':
    case 'X':
      return formatHex(Buffer.from(text), verb, flags);
    default:
      return undefined;
  }
}

function formatHex(bytes: Uint8Array, verb: string, flags: Flags): string {
  const prefix = flags.sharp ? `0${verb}` : '';
  const shown = flags.precision === undefined ? bytes : bytes.subarray(0, flags.precision);
  const pairs = Array.from(shown, (byte) => byte.toString(16).padStart(2, '0'));
  const text = flags.space ? pairs.map((pair) => `\0${pair}`).join(' ') : pairs.length > 0 ? `\0${pairs.join('')}` : '';
  // The prefix is put in last so that its x keeps its own case.
  return pad((verb === 'X' ? text.toUpperCase() : text).replaceAll('\0', prefix), flags);
}

function formatInteger(value: bigint, verb: string, flags: Flags): string | undefined {
  if (verb === 'c' || verb === 'q' || verb === 'U') return formatRune(value, verb, flags);
  const base = radix.get(verb);
  if (base === undefined) return undefined;
  const size = (value < 0n ? -value : value).toString(base);
  const digits = verb === 'X' ? size.toUpperCase() : size;
  const prefix = (verb === 'O' ? '0o' : '') + (flags.sharp ? (radixPrefix.get(verb) ?? '') : '');
  return padInteger(signOf(value < 0n, flags), prefix, digits, flags);
}

function signOf(isNegative: boolean, { plus, space }: Flags): string {
  return isNegative ? '-' : plus ? '+' : space ? ' ' : '';
}

function padInteger(sign: string, prefix: string, digits: string, flags: Flags): string {
  const { precision, width, zero } = flags;
  const spaced = { ...flags, zero: false };
  if (precision === 0 && digits === '0') return pad('', spaced);
  // Go counts the sign into the width, but not the prefix.
  const places = precision ?? (zero && width !== undefined ? width - sign.length : 0);
  const shown = digits.padStart(places, '0');
  // One zero is enough to tell that a number is octal.
  const start = prefix.endsWith('0') && shown.startsWith('0') ? prefix.slice(0, -1) : prefix;
  return pad(sign + start + shown, spaced);
}

function formatRune(value: bigint, verb: string, flags: Flags): string {
  const isCharacter = value >= 0n && value <= 0x10ffffn && (value < 0xd800n || value > 0xdfffn);
  const char = isCharacter ? String.fromCodePoint(Number(value)) : '\ufffd';
  if (verb === 'c') return pad(char, flags);
  if (verb === 'q') return pad(quote(char, "'", flags.plus), flags);
  const code = `U+${BigInt.asUintN(64, value)
    .toString(16)
    .toUpperCase()
    .padStart(Math.max(flags.precision ?? 0, 4), '0')}`;
  return pad(flags.sharp && isCharacter && /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(char) ? `${code} '${char}'` : code, {
    ...flags,
    zero: false,
  });
}

function formatNumber(value: number, verb: string, flags: Flags): string | undefined {
  const kind = floatVerbs.get(verb);
  if (kind === undefined) return undefined;
  if (Number.isNaN(value)) return pad(`${signOf(false, flags)}NaN`, { ...flags, zero: false });
  const sign = signOf(value < 0 || Object.is(value, -0), flags);
  if (!Number.isFinite(value)) return pad(`${sign || '+'}Inf`, { ...flags, zero: false });
  const text = formatFloat(value, kind, flags.precision ?? (kind === 'g' ? undefined : 6));
  return padNumber(sign, verb === 'E' || verb === 'G' ? text.toUpperCase() : text, flags);
}

function formatObject(
  value: Timestamp | Duration | Uint8Array | StringMap | DataMap,
  verb: string,
  flags: Flags,
): string | undefined {
  if (value instanceof Uint8Array) return formatBytes(value, verb, flags);
  if (value instanceof DataMap) {
    const entries = value
      .entries()
      .map(([key, item]) => `${formatValue(key, verb, flags)}:${formatValue(item, verb, flags)}`);
    return `map[${entries.join(' ')}]`;
  }
  const isText = 'vsqxX'.includes(verb);
  if (value instanceof Duration && !isText) return formatInteger(value.toNanos(), verb, flags);
  return isText ? formatText(objectText(value), verb === 'v' ? 's' : verb, flags) : undefined;
}

function objectText(value: Timestamp | Duration | StringMap): string {
  if (value instanceof Timestamp) return timeText(value);
  if (value instanceof Duration) return value.toString();
  const entries = sortedEntries(value).map(([key, text]) => `${key}:${text}`);
  return `stringmap[${entries.join(' ')}]`;
}

function formatBytes(bytes: Uint8Array, verb: string, flags: Flags): string | undefined {
  switch (verb) {
    case 's':
    case 'q':
      return formatText(decoder.decode(bytes), verb, flags);
    case 'x':
    case 'X':
      return formatHex(bytes, verb, flags);
    default: {
      if (!radix.has(verb)) return undefined;
      return `[${Array.from(bytes, (byte) => formatInteger(BigInt(byte), verb, flags)!).join(' ')}]`;
    }
  }
}
