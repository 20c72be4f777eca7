import { Duration, parseIp, Timestamp, type Value, type ValueType } from '../../sdk/index.js';

/**
 * Turns a YAML value into an attribute of a type: whole numbers for INT64, RFC 3339 for TIMESTAMP, `1.5s` for DURATION,
 * text for IP_ADDRESS, a map for STRING_MAP. Undefined when it is none of that type.
 */
export function parseAttribute(type: ValueType, value: unknown): Value | undefined {
  switch (type) {
    case 'INT64':
      return typeof value === 'bigint' ? value : undefined;
    case 'DOUBLE':
      return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined;
    case 'BOOL':
      return typeof value === 'boolean' ? value : undefined;
    case 'TIMESTAMP':
      return typeof value === 'string' ? Timestamp.parse(value) : undefined;
    case 'DURATION':
      return typeof value === 'string' ? Duration.parse(value) : undefined;
    case 'IP_ADDRESS':
      return typeof value === 'string' ? parseIp(value) : undefined;
    case 'STRING_MAP':
      return value instanceof Map ? textMap(value) : undefined;
    default:
      return typeof value === 'string' ? value : undefined;
  }
}

function textMap(map: ReadonlyMap<unknown, unknown>): ReadonlyMap<string, string> {
  return new Map(Array.from(map, ([key, value]) => [String(key), String(value)]));
}
