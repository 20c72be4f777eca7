import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileTexts, parsePattern } from '../../../src/adapters/rbac/text-match.js';

describe('compileTexts', () => {
  const table: readonly (readonly [patterns: readonly string[], yes: readonly string[], no: readonly string[]])[] = [
    [[], [], ['', 'a']],
    [['a'], ['a'], ['', 'aa', 'A', '*']],
    [
      ['a', 'b'],
      ['a', 'b'],
      ['c', 'ab'],
    ],
    [['*'], ['', 'a', '*'], []],
    [['ab*'], ['ab', 'abc', 'ab*'], ['a', 'xab']],
    [['*ab'], ['ab', 'xab', '*ab'], ['b', 'abx']],
    [['*x*'], ['*x', '*xy', 'x*', 'yx*'], ['x', 'axb', '']],
    [['a*b'], ['a*b'], ['ab', 'axb']],
    [['**'], ['*', '*a', 'a*'], ['a', '']],
    [
      ['a', 'b*', '*c'],
      ['a', 'bx', 'xc'],
      ['ax', 'cx'],
    ],
    [['__proto__'], ['__proto__'], ['constructor']],
  ];
  for (const [patterns, yes, no] of table) {
    it(`matches ${JSON.stringify(yes)} and not ${JSON.stringify(no)} by ${JSON.stringify(patterns)}`, () => {
      const matches = compileTexts(patterns);
      for (const text of yes) assert.ok(matches(text), text);
      for (const text of no) assert.ok(!matches(text), text);
    });
  }
});

describe('parsePattern', () => {
  it('takes a star at each end for a prefix and a suffix, not for "contains"', () => {
    assert.deepEqual(parsePattern('*x*'), { all: false, exact: undefined, prefix: '*x', suffix: 'x*' });
  });
});
