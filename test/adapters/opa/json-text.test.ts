import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Duration, Timestamp } from 'fairlead/sdk';
import fc from 'fast-check';
import { stringJson, valueJson } from '../../../src/adapters/opa/json-text.js';

describe('stringJson()', () => {
  it('writes what a JSON reader reads back', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => JSON.parse(stringJson(text)) === text));
  });

  it('does not escape halves of letters, which become replacements when encoded', () => {
    for (const text of ['a\ud800', '"\ud800', '\udc00\n']) {
      const encoded = Buffer.from(stringJson(text)).toString();
      assert.equal(JSON.parse(encoded), Buffer.from(text).toString());
    }
  });
});

describe('valueJson()', () => {
  const rows: readonly [unknown, string][] = [
    [9_223_372_036_854_775_807n, '9223372036854775807'],
    [-9_223_372_036_854_775_808n, '-9223372036854775808'],
    [1e21, '1e+21'],
    [-0.5, '-0.5'],
    [true, 'true'],
    [null, 'null'],
    [Duration.fromMillis(1.5), '1500000'],
    [new Timestamp(0, 1000), '"1970-01-01T00:00:00.000001Z"'],
    [Uint8Array.of(10, 0, 0, 1), '"10.0.0.1"'],
    [new Map<string, unknown>([['__proto__', [1n, new Map([['"', 'x']])]]]), '{"__proto__":[1,{"\\"":"x"}]}'],
    [{ a: undefined, b: 1n }, '{"b":1}'],
  ];
  for (const [value, text] of rows) it(`writes ${text}`, () => assert.equal(valueJson(value), text));

  for (const value of [Number.NaN, Infinity, -Infinity, undefined]) {
    it(`refuses ${String(value)}`, () => assert.throws(() => valueJson(value), /^Error: json: unsupported/));
  }
});
