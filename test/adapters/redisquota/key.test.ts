import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Duration, Timestamp, type Value } from 'fairlead/sdk';
import { createKeyMaker } from '../../../src/adapters/redisquota/key.js';

const limit = 'F';

function keyOf(dimensions: Readonly<Record<string, Value>>, name = 'q'): string {
  return createKeyMaker(name, Object.keys(dimensions))(dimensions, limit).state;
}

describe('the keys of redisquota', () => {
  test('tell apart all values of dimensions', () => {
    const text = fc.oneof(
      fc.constantFrom('', '1:', '=', '}', '{', 's1:a', '-', '\0', 'a=b&c=d'),
      fc.string(),
      fc.string({ minLength: 150 }),
    );
    const value = fc.oneof(
      text,
      fc.boolean(),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.dictionary(text, text).map((entries) => new Map(Object.entries(entries))),
    );
    const print = (part: unknown): string =>
      JSON.stringify(part, (_name, inner: unknown) =>
        inner instanceof Map
          ? { map: [...(inner as Map<string, string>)].sort() }
          : typeof inner === 'bigint'
            ? `${inner}n`
            : inner,
      );
    fc.assert(
      fc.property(fc.tuple(value, value), fc.tuple(value, value), ([a, b], [c, d]) => {
        const same = print([a, b]) === print([c, d]);
        // A text that looks like another type's value is not the same as that value.
        if (same && (typeof a !== typeof c || typeof b !== typeof d)) return;
        assert.equal(keyOf({ a, b }) === keyOf({ a: c, b: d }), same);
      }),
      { numRuns: 2000 },
    );
  });

  test('tell apart values that read alike', () => {
    const values: Value[] = [
      '1',
      1n,
      1,
      '',
      true,
      'true',
      new Map([['a', 'b&c=d']]),
      new Map([
        ['a', 'b'],
        ['c', 'd'],
      ]),
    ];
    values.push('a=b&c=d', new Timestamp(1, 1), new Timestamp(1, 2), new Duration(1, 0), '1s', 'y', '-');
    assert.equal(new Set(values.map((value) => keyOf({ a: value }))).size, values.length);
    assert.equal(
      keyOf({ a: Uint8Array.of(10, 0, 0, 1) }),
      keyOf({ a: Uint8Array.of(...new Array<number>(10).fill(0), 255, 255, 10, 0, 0, 1) }),
    );
  });

  test('tell apart names, quotas and overrides, and not the order of dimensions', () => {
    assert.notEqual(keyOf({ a: 'x' }), keyOf({ b: 'x' }));
    assert.notEqual(keyOf({ a: 'x' }), keyOf({ a: 'x' }, 'r'));
    assert.notEqual(keyOf({}, 'q0;'), keyOf({}, 'q'));
    assert.equal(keyOf({ a: 'x', b: 'y' }), keyOf({ b: 'y', a: 'x' }));
    const make = createKeyMaker('q', []);
    assert.notEqual(make({}, limit).state, make({}, 'Fo1:a1:b').state);
  });

  test('of one count share a hash tag, whatever the text, and stay short', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400 }), fc.string({ maxLength: 400 }), (text, id) => {
        const keys = createKeyMaker('q', ['a'])({ a: text }, limit);
        const all = [keys.state, keys.buckets, keys.answer(id)];
        const tags = all.map((key) => /^[^{]*\{([^}]+)\}/.exec(key)?.[1]);
        assert.ok(tags[0] !== undefined && new Set(tags).size === 1);
        assert.equal(new Set(all).size, 3);
        assert.ok(all.every((key) => key.length < 450));
      }),
    );
  });

  test('tell apart deduplication ids', () => {
    const keys = createKeyMaker('q', [])({}, limit);
    const ids = ['a', 'b', '=a', 'x'.repeat(300), 'x'.repeat(301)];
    assert.equal(new Set(ids.map((id) => keys.answer(id))).size, ids.length);
  });
});
