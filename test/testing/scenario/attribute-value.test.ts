import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Duration, Timestamp, type Value, type ValueType } from 'fairlead/sdk';
import { parseAttribute } from '../../../src/testing/scenario/attribute-value.js';

describe('parseAttribute()', () => {
  const rows: readonly (readonly [ValueType, unknown, Value | undefined])[] = [
    ['STRING', 'a', 'a'],
    ['STRING', 7n, undefined],
    ['URI', '/a', '/a'],
    ['INT64', 9_007_199_254_740_993n, 9_007_199_254_740_993n],
    ['INT64', 1.5, undefined],
    ['DOUBLE', 1.5, 1.5],
    ['DOUBLE', 2n, 2],
    ['DOUBLE', '2', undefined],
    ['BOOL', true, true],
    ['BOOL', 'true', undefined],
    ['TIMESTAMP', '1970-01-01T00:00:01Z', new Timestamp(1, 0)],
    ['TIMESTAMP', 'now', undefined],
    ['DURATION', '1.5s', Duration.fromMillis(1500)],
    ['DURATION', 1.5, undefined],
    ['IP_ADDRESS', '10.0.0.1', Uint8Array.of(10, 0, 0, 1)],
    ['IP_ADDRESS', 'host', undefined],
    ['STRING_MAP', new Map<unknown, unknown>([['a', 7n]]), new Map([['a', '7']])],
    ['STRING_MAP', 'a=b', undefined],
  ];
  for (const [index, [type, text, value]] of rows.entries()) {
    test(`${value === undefined ? 'refuses' : 'reads'} a ${typeof text} for ${type} (${index})`, () => {
      assert.deepEqual(parseAttribute(type, text), value);
    });
  }
});
