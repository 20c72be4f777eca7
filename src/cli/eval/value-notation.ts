import { Duration, type StringMap, Timestamp, type Value } from '../../attributes/index.js';
import type { ExactJson } from './exact-json.js';

const maxInt64 = 2n ** 63n - 1n;
const minInt64 = -(2n ** 63n);
const nonFinite: ReadonlyMap<string, number> = new Map([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);

/**
 * Reads a value in the notation of the conformance files: bare text and booleans, and one-key objects `$int64`,
 * `$double`, `$duration`, `$timestamp`, `$bytes`, `$stringmap` for the rest.
 *
 * @throws TypeError that says what is wrong.
 */
export function readValue(json: ExactJson): Value {
  if (typeof json === 'string' || typeof json === 'boolean') return json;
  if (!(json instanceof Map) || json.size !== 1) throw new TypeError('a value is text, a boolean or {"$type": ...}');
  const [tag, content] = [...(json as ReadonlyMap<string, ExactJson>)][0]!;
  const value = readTagged(tag, content);
  if (value === undefined) throw new TypeError(`'${tag}' does not fit its value, or is no value type`);
  return value;
}

function readTagged(tag: string, content: ExactJson): Value | undefined {
  switch (tag) {
    case '$int64':
      return readInt64(content);
    case '$double':
      return readDouble(content);
    case '$duration':
      return typeof content === 'string' ? Duration.parse(content) : undefined;
    case '$timestamp':
      return typeof content === 'string' ? Timestamp.parse(content) : undefined;
    case '$bytes':
      return typeof content === 'string' ? new Uint8Array(Buffer.from(content, 'base64')) : undefined;
    case '$stringmap':
      return readMap(content);
    default:
      return undefined;
  }
}

function readInt64(content: ExactJson): bigint | undefined {
  const digits = typeof content === 'string' && /^-?\d{1,19}$/.test(content) ? BigInt(content) : content;
  return typeof digits === 'bigint' && digits <= maxInt64 && digits >= minInt64 ? digits : undefined;
}

function readDouble(content: ExactJson): number | undefined {
  if (typeof content === 'string') return nonFinite.get(content);
  return typeof content === 'number' || typeof content === 'bigint' ? Number(content) : undefined;
}

function readMap(content: ExactJson): StringMap | undefined {
  if (content === null) return new Map<string, string>();
  if (!(content instanceof Map)) return undefined;
  const entries = new Map<string, string>();
  for (const [key, text] of content as ReadonlyMap<string, ExactJson>) {
    if (typeof text !== 'string') return undefined;
    entries.set(key, text);
  }
  return entries;
}

/** Writes a value as JSON text in the same notation; integers keep all their digits. */
export function writeValue(value: Value): string {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return JSON.stringify(value);
    case 'bigint':
      return `{"$int64":${value}}`;
    case 'number':
      return `{"$double":${writeDouble(value)}}`;
    default:
      return writeObject(value);
  }
}

function writeDouble(value: number): string {
  if (!Number.isFinite(value)) return `"${value}"`;
  return Object.is(value, -0) ? '-0' : String(value);
}

function writeObject(value: Exclude<Value, string | bigint | number | boolean>): string {
  if (value instanceof Duration) return `{"$duration":${JSON.stringify(value.toString())}}`;
  if (value instanceof Timestamp) return `{"$timestamp":"${value.toString()}"}`;
  if (value instanceof Uint8Array) return `{"$bytes":"${Buffer.from(value).toString('base64')}"}`;
  return `{"$stringmap":${writeMap(value)}}`;
}

// `null` is what emptyStringMap() makes, a plain Map; an attribute's map, also an empty one, is a view of its bag.
function writeMap(map: StringMap): string {
  if (map instanceof Map && map.size === 0) return 'null';
  const entries = [...map.entries()].map(([key, text]) => `${JSON.stringify(key)}:${JSON.stringify(text)}`);
  return `{${entries.join(',')}}`;
}
