import { Duration, Timestamp, type Value } from '../../attributes/index.js';
import { MixerError } from '../../util/errors.js';

const maxInt64 = 2n ** 63n - 1n;
const minInt64 = -(2n ** 63n);
const float = /^[+-]?(?:\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|inf|infinity|nan)$/i;
const booleans: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((text) => [text, false] as const),
]);

type Reader = (text: string) => Value | undefined;

const readers = {
  int64: readInt64,
  double: readDouble,
  bool: (text) => booleans.get(text),
  timestamp: (text) => Timestamp.parse(text),
  duration: (text) => Duration.parse(text),
  bytes: readBytes,
  stringmap: readMap,
  string: (text) => text,
} as const satisfies Record<string, Reader>;

const forms: Readonly<Record<FlagType, string>> = {
  int64: 'a whole number of 64 bits',
  double: 'a number',
  bool: 'true or false',
  timestamp: 'a time such as 2026-01-01T00:00:00Z',
  duration: 'a duration such as 1s or 2m30s',
  bytes: 'hexadecimal bytes such as 0a:00:00:01',
  stringmap: 'key1:value1;key2:value2',
  string: 'text',
};

/** The types that attribute flags name: `--int64_attributes` and so on. */
type FlagType = keyof typeof readers;

/** The values of the attribute flags, each a list `n1=v1,n2=v2`; `auto` is `--attributes`. */
export type AttributeFlags = { readonly [K in FlagType | 'auto']?: readonly string[] };

/**
 * Reads a value of unknown type: the first type fits that can read it, in the order int64, double, bool, RFC 3339,
 * Go duration, bytes `aa:bb`, string map `k:v;k2:v2`, string (mixer-core.md 6.13).
 */
export function senseValue(text: string): Value {
  for (const [type, read] of Object.entries(readers)) {
    // A lone pair of hex digits is far more often a word (`ed`, `be`) than one byte.
    if (type === 'bytes' && !text.includes(':')) continue;
    const value = read(text);
    if (value !== undefined) return value;
  }
  return text;
}

/**
 * Reads all attribute flags; a name given twice has its last value.
 *
 * @throws MixerError USAGE naming the flag's type and the text that does not fit.
 */
export function readAttributeFlags(flags: AttributeFlags): Map<string, Value> {
  const attributes = new Map<string, Value>();
  for (const text of flags.auto ?? []) readList(text, 'attributes', senseValue, attributes);
  for (const [type, read] of Object.entries(readers)) {
    const flag = `${type}_attributes`;
    const strict = (text: string, name: string): Value => {
      const value = read(text);
      if (value === undefined) {
        throw new MixerError(
          'USAGE',
          `--${flag}: the value of ${name} must be ${forms[type as FlagType]}, not '${text}'`,
        );
      }
      return value;
    };
    for (const text of flags[type as FlagType] ?? []) readList(text, flag, strict, attributes);
  }
  return attributes;
}

/**
 * Splits `n1=v1,n2=v2`; a value may contain `=` but no comma.
 *
 * @throws MixerError USAGE naming the flag.
 */
export function splitPairs(text: string, flag: string): [name: string, value: string][] {
  if (text === '') return [];
  return text.split(',').map((pair) => {
    const at = pair.indexOf('=');
    if (at <= 0) throw new MixerError('USAGE', `--${flag}: '${pair}' is not name=value`);
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
}

type NamedReader = (text: string, name: string) => Value;

function readList(text: string, flag: string, read: NamedReader, into: Map<string, Value>): void {
  for (const [name, value] of splitPairs(text, flag)) into.set(name, read(value, name));
}

function readInt64(text: string): bigint | undefined {
  if (!/^[+-]?\d{1,30}$/.test(text)) return undefined;
  const value = BigInt(text.replace('+', ''));
  return value >= minInt64 && value <= maxInt64 ? value : undefined;
}

function readDouble(text: string): number | undefined {
  if (!float.test(text)) return undefined;
  const word = /[a-z]{3}/i.test(text);
  if (!word) return Number(text);
  if (/nan/i.test(text)) return NaN;
  return text.startsWith('-') ? -Infinity : Infinity;
}

function readBytes(text: string): Uint8Array | undefined {
  const parts = text.split(':');
  return parts.every((part) => /^[0-9a-fA-F]{1,2}$/.test(part))
    ? Uint8Array.from(parts, (part) => parseInt(part, 16))
    : undefined;
}

function readMap(text: string): Map<string, string> | undefined {
  const entries = new Map<string, string>();
  for (const pair of text.split(';')) {
    const at = pair.indexOf(':');
    if (at < 0) return undefined;
    entries.set(pair.slice(0, at), pair.slice(at + 1));
  }
  return entries;
}
