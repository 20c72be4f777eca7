import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RE2JS } from 're2js';
import { EvalError } from '../../../src/attributes/index.js';
import { patternMatches, preparePattern, testPattern } from '../../../src/expr/externs/matches.js';

const kindOf = (source: string): string => {
  const pattern = preparePattern(source);
  return pattern instanceof EvalError ? pattern.kind : pattern.kind;
};

describe('preparePattern()', () => {
  const kinds: readonly (readonly [string, string])[] = [
    ['', 'any'],
    ['.*', 'any'],
    ['abc', 'contains'],
    ['.*abc', 'contains'],
    ['abc.*', 'contains'],
    ['^abc', 'prefix'],
    ['^abc.*', 'prefix'],
    ['^', 'prefix'],
    ['abc$', 'suffix'],
    ['.*abc$', 'suffix'],
    ['^a\\.b$', 'equals'],
    ['^.*abc', 'regex'],
    ['^abc.*$', 'regex'],
    ['a|b', 'regex'],
    ['a+', 'regex'],
    ['\\d', 'regex'],
    ['(?i)abc', 'regex'],
    ['(', 'INVALID_REGEX'],
    ['a**', 'INVALID_REGEX'],
    ['(?=a)', 'INVALID_REGEX'],
    ['(?<=a)b', 'INVALID_REGEX'],
    ['\\1', 'INVALID_REGEX'],
    ['a{1001}', 'INVALID_REGEX'],
  ];
  for (const [source, kind] of kinds) it(`takes '${source}' for ${kind}`, () => assert.equal(kindOf(source), kind));

  it('turns patterns into string tests without changing what they match', () => {
    const piece = fc.constantFrom('a', 'b', '\\.', '.', '.*', '^', '$', '\\$', '\n', 'é', '-', '/', '\\/');
    const source = fc.array(piece, { maxLength: 5 }).map((all) => all.join(''));
    const text = fc
      .array(fc.constantFrom('a', 'b', '.', '$', '\n', 'é', '-', '/'), { maxLength: 5 })
      .map((all) => all.join(''));
    fc.assert(
      fc.property(source, text, (pattern, subject) => {
        const prepared = preparePattern(pattern);
        if (!(prepared instanceof EvalError))
          assert.equal(testPattern(prepared, subject), RE2JS.compile(pattern).test(subject));
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('patternMatches()', () => {
  it('answers alike however often and for however many patterns it is asked', () => {
    for (let round = 0; round < 3; round++)
      for (let i = 0; i < 1_000; i++) {
        assert.equal(patternMatches(`^x${i}y+$`, `x${i}yy`), true);
        assert.equal(patternMatches(`^x${i}y+$`, `x${i}z`), false);
      }
  });
  it('says what is wrong with a pattern each time', () => {
    for (let round = 0; round < 2; round++) {
      const error = patternMatches('[', 'x');
      assert.ok(error instanceof EvalError);
      assert.deepEqual([error.kind, error.subject], ['INVALID_REGEX', '[']);
    }
  });
  it('stays linear on patterns that ruin backtracking engines', () => {
    assert.equal(patternMatches('^(a+)+$', `${'a'.repeat(5_000)}!`), false);
  });
});
