import { Duration, Timestamp } from '../../attributes/index.js';

/**
 * Writes decoded configuration as text that is equal exactly for equal data: keys sorted, types kept apart. The basis
 * of handler signatures, so that a comment or a reordered key does not rebuild a handler and lose its state.
 */
export function stableText(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'bigint':
      return `${value}n`;
    case 'object':
      return value === null ? 'null' : stableObject(value);
    default:
      return String(value);
  }
}

function stableObject(value: object): string {
  if (value instanceof Duration || value instanceof Timestamp) return `<${value.toString()}>`;
  if (Array.isArray(value)) return `[${value.map(stableText).join(',')}]`;
  const map = value instanceof Map;
  const entries: (readonly [string, unknown])[] = map
    ? [...(value as ReadonlyMap<string, unknown>)]
    : Object.entries(value).filter(([, item]) => item !== undefined);
  const parts = entries.map(([key, item]) => `${JSON.stringify(key)}:${stableText(item)}`).sort();
  return `${map ? 'map' : ''}{${parts.join(',')}}`;
}
