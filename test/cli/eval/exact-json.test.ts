import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { type ExactJson, parseExactJson } from '../../../src/cli/eval/exact-json.js';

/** What JSON.parse would give: plain objects and numbers. */
function toPlain(value: ExactJson): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, one]) => [key, toPlain(one as ExactJson)]));
  return Array.isArray(value) ? value.map((one) => toPlain(one as ExactJson)) : value;
}

describe('parseExactJson()', () => {
  it('agrees with JSON.parse on whatever JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        assert.deepEqual(JSON.stringify(toPlain(parseExactJson(text))), JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  it('refuses what JSON.parse refuses', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from('{}[]",:0159.-+eE \ntruefalsn\\u\u0001')) }),
        (text) => {
          let valid = true;
          try {
            JSON.parse(text);
          } catch {
            valid = false;
          }
          if (valid) parseExactJson(text);
          else assert.throws(() => parseExactJson(text), SyntaxError);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('keeps all digits of integers, and the fraction of other numbers', () => {
    assert.deepEqual(parseExactJson('[9007199254740993, -0, 1.0, 1e2, 123456789012345678901234567890]'), [
      9007199254740993n,
      0n,
      1,
      100,
      123456789012345678901234567890n,
    ]);
  });

  it('treats no key as special, and lets the last of two values stand', () => {
    assert.deepEqual(
      parseExactJson('{"__proto__": 1, "constructor": 2, "a": 3, "a": 4}'),
      new Map([
        ['__proto__', 1n],
        ['constructor', 2n],
        ['a', 4n],
      ]),
    );
  });

  it('refuses nesting beyond its limit', () => {
    assert.throws(() => parseExactJson('['.repeat(100_000)), /nested too deeply/);
  });
});
