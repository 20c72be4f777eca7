import { Duration, type StringMap, Timestamp } from '../../attributes/index.js';
import { type DataMap, type Datum, typeName } from './datum.js';
import { fail } from './render-error.js';

/** Go's `eq`: values of unlike types do not compare, other than with nothing; durations are integers. */
export function equal(left: Datum, right: Datum): boolean {
  if (left === undefined || right === undefined) return left === right;
  const [a, b] = [comparable(left), comparable(right)];
  if (typeof a !== typeof b || a instanceof Timestamp !== b instanceof Timestamp) unlike(left, right);
  return a instanceof Timestamp && b instanceof Timestamp ? a.compare(b) === 0 : a === b;
}

/** Go's `lt`, for numbers and strings. */
export function isLess(left: Datum, right: Datum): boolean {
  const [a, b] = [comparable(left), comparable(right)];
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;
  if (typeof a === 'bigint' && typeof b === 'bigint') return a < b;
  if (typeof a === 'number' && typeof b === 'number') return a < b;
  return typeof a === typeof b ? fail(`values of type ${typeName(left)} have no order`) : unlike(left, right);
}

function comparable(value: Datum): string | bigint | number | boolean | Timestamp | undefined {
  if (value instanceof Duration) return value.toNanos();
  if (typeof value !== 'object' || value instanceof Timestamp) return value;
  return incomparable(value);
}

function incomparable(value: Uint8Array | StringMap | DataMap): never {
  return fail(`values of type ${typeName(value)} cannot be compared`);
}

function unlike(left: Datum, right: Datum): never {
  return fail(`cannot compare ${typeName(left)} with ${typeName(right)}`);
}
