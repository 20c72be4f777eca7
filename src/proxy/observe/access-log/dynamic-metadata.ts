import type { Exchange } from '../../http/exchange.js';
import { cleanText } from './common-operators.js';
import type { Read } from './operator.js';

/**
 * Compiles `namespace:key:…`: what a filter keeps in the state of the request under that name, a map or an object. Texts
 * are written as they are, other values as JSON.
 */
export function compileMetadata(argument: string): Read<Exchange> {
  const [namespace = '', ...keys] = argument.split(':');
  return ({ state }) => {
    let value: unknown = state.get(namespace);
    for (const key of keys) value = memberOf(value, key);
    if (value === undefined || value === null || value === '') return undefined;
    return cleanText(typeof value === 'string' ? value : JSON.stringify(value));
  };
}

function memberOf(value: unknown, key: string): unknown {
  if (value instanceof Map) return value.get(key);
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}
