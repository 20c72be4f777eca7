import { Duration, Timestamp, type Value } from './value.js';

/** A value as error messages show it: close to how Go prints one, and never throwing. */
export function textOfValue(value: Value): string {
  if (value instanceof Uint8Array) return `[${value.join(' ')}]`;
  if (value instanceof Timestamp || value instanceof Duration) return value.toString();
  if (typeof value === 'object') return `map[${[...value.entries()].map(([key, text]) => `${key}:${text}`).join(' ')}]`;
  return String(value);
}
