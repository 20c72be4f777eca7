import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { globMatches, prepareGlob } from '../../../src/expr/externs/match.js';
import { testPattern } from '../../../src/expr/externs/matches.js';

describe('globMatches() and prepareGlob()', () => {
  const cases: readonly (readonly [text: string, glob: string, boolean])[] = [
    ['shop.default', 'shop.*', true],
    ['shop.default', '*.default', true],
    ['shop', 'shop', true],
    ['shops', 'shop', false],
    ['xshopx', '*shop*', false],
    ['*shopx', '*shop*', true],
    ['', '*', true],
    ['', '', true],
    ['a', '', false],
    ['a*b', 'a*b', true],
    ['axb', 'a*b', false],
  ];
  for (const [text, glob, expected] of cases)
    it(`say ${expected} to '${text}' and '${glob}'`, () => {
      assert.equal(globMatches(text, glob), expected);
      assert.equal(testPattern(prepareGlob(glob), text), expected);
    });
});
