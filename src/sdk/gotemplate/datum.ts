import { Duration, type StringMap, Timestamp, type Value } from '../../attributes/index.js';
import type { TemplateData } from './types.js';

/** The data as a whole: what `.` and `$` are at the top. */
export class DataMap {
  constructor(readonly data: TemplateData) {}

  get(key: string): Value | undefined {
    // Names are a user's: one that the object inherits is not there.
    return Object.hasOwn(this.data, key) ? this.data[key] : undefined;
  }

  /** Names in order, as Go prints and ranges over maps. */
  entries(): [string, Value | undefined][] {
    return Object.entries(this.data).sort(byKey);
  }

  get size(): number {
    return Object.keys(this.data).length;
  }
}

/** Whatever an expression of a template yields; undefined is Go's nil and its missing value. */
export type Datum = Value | DataMap | undefined;

/** A string map's entries in order. */
export function sortedEntries(map: StringMap): [string, string][] {
  return [...map.entries()].sort(byKey);
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The name of a value's type, as Mixer's Go had it. */
export function typeName(value: Datum): string {
  switch (typeof value) {
    case 'undefined':
      return '<nil>';
    case 'string':
      return 'string';
    case 'bigint':
      return 'int64';
    case 'number':
      return 'float64';
    case 'boolean':
      return 'bool';
    default:
      return objectTypeName(value);
  }
}

function objectTypeName(value: Timestamp | Duration | Uint8Array | StringMap | DataMap): string {
  if (value instanceof Timestamp) return 'time.Time';
  if (value instanceof Duration) return 'time.Duration';
  if (value instanceof Uint8Array) return '[]uint8';
  return value instanceof DataMap ? 'map[string]interface {}' : 'attribute.StringMap';
}

/** Whether `if` takes the value for true: not zero, not empty. Times and string maps always are, as structs in Go. */
export function isTrue(value: Datum): boolean {
  switch (typeof value) {
    case 'undefined':
      return false;
    case 'string':
      return value !== '';
    case 'bigint':
      return value !== 0n;
    case 'number':
      return value !== 0;
    case 'boolean':
      return value;
    default:
      if (value instanceof Uint8Array) return value.length > 0;
      if (value instanceof Duration) return value.seconds !== 0 || value.nanos !== 0;
      return value instanceof DataMap ? value.size > 0 : true;
  }
}
