import { Duration, type StringMap, Timestamp, type Value } from '../attributes/index.js';
import { formatIp, parseIp, toIpv6 } from './ip.js';

const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);
const integer = /^[+-]?\d+$/;
const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const infinity = /^([+-]?)inf(?:inity)?$/i;
const truth: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((text) => [text, false] as const),
]);

/**
 * The text of a value as labels, log lines and messages of Mixer's adapters show it (adapters.md 0.5): nothing is
 * empty, integers and doubles are decimal without exponent, addresses as {@link formatIp}, timestamps as
 * {@link formatTimestamp}, durations in Go's form, maps `k=v` sorted by key and joined with `&`.
 */
export function stringify(value: Value | undefined): string {
  if (typeof value === 'string') return value;
  switch (typeof value) {
    case 'bigint':
      return formatInt(value);
    case 'number':
      return formatDouble(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'undefined':
      return '';
    default:
      return formatObject(value);
  }
}

let memoSeconds = NaN;
let memoText = '';

/** UTC, RFC 3339, with exactly six fraction digits, cut off, not rounded: `2013-02-03T00:00:00.000000Z`. */
export function formatTimestamp(time: Timestamp): string {
  // Log lines come many per second, and the calendar is the expensive part.
  if (time.seconds !== memoSeconds) {
    memoText = time.toString(0).slice(0, -1);
    memoSeconds = time.seconds;
  }
  const micros = Math.floor(time.nanos / 1000);
  return `${memoText}.${micros.toString().padStart(6, '0')}Z`;
}

/** Shortest decimal text that reads back as the same double, never with an exponent; `NaN`, `+Inf`, `-Inf`. */
export function formatDouble(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  const text = String(value);
  return text.includes('e') ? withoutExponent(text) : text;
}

/**
 * Whether a value equals a text that a user wrote in an adapter's configuration (adapters.md 0.5): by value for
 * numbers, booleans, times and durations, by address for IPs, by entries (`k=v&k2=v2`) for maps. Nothing equals the
 * empty text. A text that is no such value equals nothing.
 */
export function stringEquals(value: Value | undefined, text: string): boolean {
  switch (typeof value) {
    case 'undefined':
      return text === '';
    case 'string':
      return value === text;
    case 'bigint':
      return value === parseInt64(text);
    case 'number':
      return value === parseDouble(text);
    case 'boolean':
      return value === truth.get(text);
    default:
      return objectEquals(value, text);
  }
}

function formatInt(value: bigint): string {
  const small = Number(value);
  return Number.isSafeInteger(small) ? String(small) : value.toString();
}

function formatObject(value: Timestamp | Duration | Uint8Array | StringMap): string {
  if (value instanceof Uint8Array) return formatIp(value);
  if (value instanceof Timestamp) return formatTimestamp(value);
  if (value instanceof Duration) return value.toString();
  return Array.from(value.entries())
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, text]) => `${key}=${text}`)
    .join('&');
}

function withoutExponent(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text) ?? [];
  const shift = Number(exponent);
  if (shift < 0) return `${sign}0.${'0'.repeat(-shift - 1)}${whole}${fraction}`;
  return `${sign}${whole}${fraction.padEnd(shift, '0')}`;
}

function parseInt64(text: string): bigint | undefined {
  if (!integer.test(text)) return undefined;
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  return value > MAX_INT64 || value < MIN_INT64 ? undefined : value;
}

function parseDouble(text: string): number | undefined {
  const infinite = infinity.exec(text);
  if (infinite !== null) return infinite[1] === '-' ? -Infinity : Infinity;
  if (!decimal.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function objectEquals(value: Timestamp | Duration | Uint8Array | StringMap, text: string): boolean {
  if (value instanceof Uint8Array) return formatIp(value) === text || sameAddress(value, parseIp(text));
  if (value instanceof Timestamp) return Timestamp.parse(text)?.compare(value) === 0;
  if (value instanceof Duration) return Duration.parse(text)?.equals(value) === true;
  return mapEquals(value, text);
}

function sameAddress(a: Uint8Array, b: Uint8Array | undefined): boolean {
  const left = toIpv6(a);
  const right = b === undefined ? undefined : toIpv6(b);
  return left !== undefined && right !== undefined && left.every((byte, index) => byte === right[index]);
}

function mapEquals(map: StringMap, text: string): boolean {
  if (text === '') return map.size === 0;
  const entries = new Map<string, string>();
  for (const part of text.split('&')) {
    const at = part.indexOf('=');
    if (at < 0) return false;
    entries.set(part.slice(0, at), part.slice(at + 1));
  }
  return entries.size === map.size && Array.from(entries).every(([key, value]) => map.get(key) === value);
}
