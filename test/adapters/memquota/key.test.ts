import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Duration, Timestamp, type Value } from 'fairlead/sdk';
import { createKeyMaker } from '../../../src/adapters/memquota/key.js';

const text = fc.oneof(
  fc.constantFrom('', ';', '=', '1:', 's1:', '\0', 't', '1', 'a=b&c=d'),
  fc.string({ unit: 'binary' }),
);
const value: fc.Arbitrary<Value | undefined> = fc.oneof(
  text,
  fc.constant(undefined),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.double(),
  fc.boolean(),
  fc.uint8Array({ minLength: 16, maxLength: 16 }),
  fc
    .record({ seconds: fc.integer(), nanos: fc.integer({ min: 0, max: 999_999_999 }) })
    .map(({ seconds, nanos }) => new Timestamp(seconds, nanos)),
  fc.integer().map((nanos) => Duration.fromNanos(BigInt(nanos))),
  fc.array(fc.tuple(text, text), { maxLength: 3 }).map((entries) => new Map(entries)),
);

/** Whether two values are one: as instances are compared by eye. */
function same(a: Value | undefined, b: Value | undefined): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return Object.is(a, b);
  if (a instanceof Map && b instanceof Map) {
    return a.size === b.size && [...a].every(([key, entry]) => b.has(key) && b.get(key) === entry);
  }
  try {
    assert.deepStrictEqual(a, b);
    return true;
  } catch {
    return false;
  }
}

describe('createKeyMaker()', () => {
  test('makes one key of equal values, in whatever order the names come', () => {
    const values = { a: 'x', b: 7n };
    assert.equal(createKeyMaker(['a', 'b'])(values), createKeyMaker(['b', 'a'])(values));
    const maps = [new Map(Object.entries({ x: '1', y: '2' })), new Map(Object.entries({ y: '2', x: '1' }))];
    assert.equal(createKeyMaker(['a'])({ a: maps[0]! }), createKeyMaker(['a'])({ a: maps[1]! }));
  });

  test('makes different keys of values that only look alike when joined', () => {
    const key = createKeyMaker(['a', 'b']);
    const keys = [
      { a: '', b: 'xy' },
      { a: 'x', b: 'y' },
      { a: 'xy', b: '' },
      { a: '1:x', b: 'y' },
      { a: 'x1:y', b: '' },
      { a: 'x;b=y', b: '' },
      { a: '', b: '' },
    ].map(key);
    assert.equal(new Set(keys).size, keys.length);
  });

  test('makes different keys of values of different types', () => {
    const key = createKeyMaker(['a']);
    const values = ['1', 1n, 1, true, 'true', false, '', undefined, 'undefined', new Map(), 's1:1', 'n1:1', '10.0.0.1'];
    const keys = [...values, Uint8Array.of(10, 0, 0, 1), new Duration(1, 0), new Timestamp(1, 0)].map((a) =>
      key({ a } as never),
    );
    assert.equal(new Set(keys).size, keys.length);
  });

  test('makes different keys of times, durations and maps whose texts are alike', () => {
    const key = createKeyMaker(['a']);
    assert.notEqual(key({ a: new Timestamp(1, 1) }), key({ a: new Timestamp(1, 2) }));
    assert.notEqual(key({ a: new Duration(1, 1) }), key({ a: new Duration(1, 2) }));
    const one = new Map(Object.entries({ a: '1&b=2' }));
    const two = new Map(Object.entries({ a: '1', b: '2' }));
    assert.notEqual(key({ a: one }), key({ a: two }));
  });

  test('makes one key of an IPv4 address and the same address mapped into IPv6', () => {
    const key = createKeyMaker(['a']);
    const mapped = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, 1);
    assert.equal(key({ a: Uint8Array.of(10, 0, 0, 1) }), key({ a: mapped }));
    assert.notEqual(key({ a: Uint8Array.of(10, 0, 0, 2) }), key({ a: mapped }));
  });

  test('makes short keys of long values, different ones all the same', () => {
    const key = createKeyMaker(['a', 'b']);
    const long = 'x'.repeat(1_000_000);
    const keys = [
      { a: long, b: '' },
      { a: '', b: long },
      { a: long, b: 'y' },
      { a: `${long}y`, b: '' },
      { a: `${long}\ud800`, b: '' },
      { a: `${long}\udfff`, b: '' },
    ].map(key);
    assert.equal(new Set(keys).size, keys.length);
    for (const each of keys) assert.ok(each.length < 100);
    assert.notEqual(key({ a: keys[0]!, b: '' }), keys[0]);
  });

  test('makes the same key exactly of the same dimensions', () => {
    const key = createKeyMaker(['a', '__proto__']);
    const make = (a: Value | undefined, b: Value | undefined): string => {
      const dimensions = Object.create(null);
      Object.assign(dimensions, { a });
      dimensions['__proto__'] = b;
      return key(dimensions);
    };
    fc.assert(
      fc.property(value, value, value, value, (a, b, c, d) => {
        assert.equal(make(a, b) === make(c, d), same(a, c) && same(b, d));
      }),
      { numRuns: 2000 },
    );
  });
});
