import {
  Duration,
  formatDouble,
  formatIp,
  formatTimestamp,
  type StringMap,
  stringify,
  Timestamp,
  type Value,
  type ValueType,
} from 'fairlead/sdk';

// What JSON must escape, and surrogates, which may be alone. Most values have none of these.
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const hostile = /["\\\u0000-\u001f\ud800-\udfff]/;

/** A JSON string. */
export function quote(text: string): string {
  return hostile.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/**
 * A value as JSON: integers exact, doubles without exponent, times and durations as text, string maps as objects with
 * sorted keys, addresses as text, other bytes in base64 (adapters.md 4.2).
 */
export function encodeValue(value: Value, type: ValueType): string {
  switch (typeof value) {
    case 'string':
      return quote(value);
    case 'bigint':
      return stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'number':
      return Number.isFinite(value) ? formatDouble(value) : `"${formatDouble(value)}"`;
    default:
      return encodeObject(value, type);
  }
}

function encodeObject(value: Timestamp | Duration | Uint8Array | StringMap, type: ValueType): string {
  if (value instanceof Timestamp) return `"${formatTimestamp(value)}"`;
  if (value instanceof Duration) return `"${value.toString()}"`;
  if (value instanceof Uint8Array) return `"${type === 'IP_ADDRESS' ? formatIp(value) : base64(value)}"`;
  const entries = Array.from(value.entries()).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, text]) => `${quote(key)}:${quote(text)}`).join(',')}}`;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
