import { Duration, Timestamp } from '../../sdk/index.js';

/**
 * A copy that refuses every change it can refuse: objects are frozen all the way down, maps throw. Bytes cannot be
 * frozen; compare them with {@link fingerprint}.
 */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (value instanceof Timestamp || value instanceof Duration) return Object.freeze(value);
  if (value instanceof Map) return freezeMap(value) as T;
  for (const entry of Object.values(value)) deepFreeze(entry);
  return Object.freeze(value);
}

/** A text that differs when anything in the value differs. */
export function fingerprint(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === 'bigint') return `${part}n`;
    if (part instanceof Map) return [...(part as Map<unknown, unknown>)];
    return part instanceof Uint8Array ? [...part] : part;
  });
}

function freezeMap(map: Map<unknown, unknown>): Map<unknown, unknown> {
  const copy = new Map(map);
  const value = (): never => {
    throw new TypeError('an adapter must not change what it is called with');
  };
  return Object.freeze(Object.defineProperties(copy, { set: { value }, delete: { value }, clear: { value } }));
}
