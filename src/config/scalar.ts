import type { ScalarValue } from './node.js';

const words: ReadonlyMap<string, ScalarValue> = new Map<string, ScalarValue>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word) => [word, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, Number.NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((word) => [word, Infinity] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, -Infinity] as const),
]);
const integer = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const LONGEST_INTEGER = 72;
const MIN_INTEGER = -(2n ** 63n);
const MAX_INTEGER = 2n ** 64n - 1n;

/**
 * What an unquoted scalar stands for by the rules of YAML 1.1 as Go's yaml v2 applies them, which Mixer read with
 * (adapters.md 0.2): `y`, `no`, `on` are booleans, `012` is octal, but `1:30` and dates stay text.
 */
export function resolvePlain(text: string): ScalarValue {
  const word = words.get(text);
  if (word !== undefined) return word;
  const first = text.charAt(0);
  if (!/[-+.0-9]/.test(first)) return text;
  // Go lets underscores stand anywhere in a number but around a leading point.
  if (first === '.' && /^\._|_(?![0-9])/.test(text)) return text;
  const digits = text.replaceAll('_', '');
  return toInteger(digits) ?? (float.test(digits) ? finite(digits) : undefined) ?? text;
}

/**
 * What a scalar with an explicit tag stands for; undefined when the text does not fit the tag. Tags that YAML does
 * not define leave text, as in Go.
 */
export function resolveTagged(tag: string, text: string): ScalarValue | undefined {
  const name = tag.replace(/^tag:yaml\.org,2002:/, '');
  if (name === 'binary') return Buffer.from(text, 'base64').toString('utf8');
  if (!['int', 'float', 'bool', 'null'].includes(name)) return text;
  const value = resolvePlain(text);
  if (name === 'float')
    return typeof value === 'bigint' ? Number(value) : typeof value === 'number' ? value : undefined;
  const kind = value === null ? 'null' : typeof value === 'boolean' ? 'bool' : typeof value === 'bigint' ? 'int' : '';
  return kind === name ? value : undefined;
}

/** The text that a scalar becomes as a map key (`n` is "false"); undefined when it cannot be one. */
export function toKey(value: ScalarValue): string | undefined {
  if (value === null) return undefined;
  if (typeof value !== 'number' || Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? '.nan' : value > 0 ? '.inf' : '-.inf';
}

function toInteger(digits: string): bigint | undefined {
  const match = digits.length > LONGEST_INTEGER ? null : integer.exec(digits);
  if (match === null) return undefined;
  const [, sign, hex, binary, octal, decimal = '0'] = match;
  const size = BigInt(hex ? `0x${hex}` : binary ? `0b${binary}` : octal ? `0o${octal}` : decimal);
  const value = sign === '-' ? -size : size;
  return value < MIN_INTEGER || value > MAX_INTEGER ? undefined : value;
}

function finite(text: string): number | undefined {
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}
