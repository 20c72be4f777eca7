import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { deepFreeze, fingerprint } from '../../../src/testing/suite/frozen.js';

describe('deepFreeze()', () => {
  test('freezes nested objects and arrays', () => {
    const value = deepFreeze({ a: { b: [1] } });
    assert.throws(() => (value.a.b[0] = 2), TypeError);
    assert.throws(() => ((value.a as Record<string, unknown>)['c'] = 2), TypeError);
  });

  test('makes maps throw and keeps what they hold', () => {
    const map = deepFreeze(new Map([['a', '1']]));
    assert.throws(() => map.set('b', '2'), /must not change/);
    assert.throws(() => map.delete('a'), /must not change/);
    assert.throws(() => map.clear(), /must not change/);
    assert.deepEqual([...map], [['a', '1']]);
  });
});

describe('fingerprint()', () => {
  test('tells values apart that JSON would not', () => {
    const values = [1, 1n, '1', new Map(), {}, new Map([['a', 1]]), { a: 1 }, Uint8Array.of(1), Uint8Array.of(2)];
    assert.equal(new Set(values.map(fingerprint)).size, values.length);
  });

  test('is equal for equal values', () => {
    const value = (): unknown => ({ a: new Map([['b', 1n]]), c: Uint8Array.of(1) });
    assert.equal(fingerprint(value()), fingerprint(value()));
  });
});
