import { parseIp, stringify, type StringMap, type Value } from 'fairlead/sdk';
import { type AddressMatch, compileAddress } from './address-match.js';
import type { TextMatch } from './text-match.js';

/** Properties of a subject or an action, as an instance has them: an object without a prototype. */
export type Properties = Readonly<Record<string, Value>>;

/** Whether a property matches; undefined when it is not there. */
export type PropertyMatch = (properties: Properties) => boolean | undefined;

type Read = (properties: Properties) => Value | undefined;

const keyOfMap = /^(.+?)\[(.*)\]$/s;
const addressKeys: ReadonlySet<string> = new Set(['source.ip', 'destination.ip']);

/** Whether the values of a property are addresses, compared as such. */
export function isAddressKey(key: string): boolean {
  return addressKeys.has(key);
}

/** Compares a property's text. A number, a time and the like is compared with what it reads as; a map never matches. */
export function compileProperty(key: string, matches: TextMatch): PropertyMatch {
  const read = compileRead(key);
  return (properties) => {
    const value = read(properties);
    if (typeof value === 'string') return matches(value);
    if (value === undefined) return undefined;
    return isMap(value) ? false : matches(stringify(value));
  };
}

/** Compares a property that is an address, or the text of one. Patterns that are none match nothing. */
export function compileAddressProperty(key: string, patterns: readonly string[]): PropertyMatch {
  const read = compileRead(key);
  const ranges = patterns.map(compileAddress).filter((range): range is AddressMatch => range !== undefined);
  return (properties) => {
    const value = read(properties);
    if (value === undefined) return undefined;
    const address = value instanceof Uint8Array ? value : typeof value === 'string' ? parseIp(value) : undefined;
    return address !== undefined && ranges.some((range) => range(address));
  };
}

/** Reads a property by its whole key, or `map[key]` out of a property that is a map. */
function compileRead(key: string): Read {
  const parts = keyOfMap.exec(key);
  if (parts === null) return (properties) => properties[key];
  const [, base = '', written = ''] = parts;
  // Proxies hand header names down in lower case.
  const inner = base === 'request.headers' ? written.toLowerCase() : written;
  return (properties) => {
    const value = properties[key];
    if (value !== undefined) return value;
    const map = properties[base];
    return isMap(map) ? map.get(inner) : undefined;
  };
}

function isMap(value: Value | undefined): value is StringMap {
  return typeof value === 'object' && 'get' in value;
}
