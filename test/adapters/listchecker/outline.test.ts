import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { outlinePattern } from '../../../src/adapters/listchecker/outline.js';

type Row = readonly [source: string, needs: readonly (readonly string[])[]];

const rows: readonly Row[] = [
  ['abc', [['abc']]],
  ['ABC', [['abc']]],
  ['ab', []],
  ['abc?', []],
  ['abcd*', [['abc']]],
  ['abcd+efg', [['abcd'], ['efg']]],
  ['abcd{2}efg', [['abcd'], ['efg']]],
  ['abcd{0,2}efg', [['abc'], ['efg']]],
  ['abc.def', [['abc'], ['def']]],
  ['^abc$', [['abc']]],
  ['a\\.b\\/c', [['a.b/c']]],
  ['abc\\ddef', [['abc'], ['def']]],
  ['abc\\bdef', [['abcdef']]],
  ['abc|def', [['abc', 'def']]],
  ['abc|d', []],
  ['(abc|def)+ghi', [['abc', 'def'], ['ghi']]],
  ['(abc|def)?ghi', [['ghi']]],
  ['(?:abc){0}ghi', [['ghi']]],
  ['(?P<name>abcd)', [['abcd']]],
  ['(?i)abc', [['abc']]],
  ['(?i:abc)(?s)def', [['abc'], ['def']]],
  ['abc[d|e)]fgh', [['abc'], ['fgh']]],
  ['abc[]xyz]fgh', [['abc'], ['fgh']]],
  ['abc[^]xyz]fgh', [['abc'], ['fgh']]],
  ['abc[[:alpha:]xyz]fgh', [['abc'], ['fgh']]],
  ['abc[\\]xyz]fgh', [['abc'], ['fgh']]],
  ['abc\\pLdef\\p{Greek}ghi', [['abc'], ['def'], ['ghi']]],
  ['abcédef', [['abc'], ['def']]],
  ['abc😀*def', [['abc'], ['def']]],
  ['', []],
  ['.*', []],
];

describe('outlinePattern()', () => {
  for (const [source, needs] of rows) {
    test(`finds ${JSON.stringify(needs)} in "${source}"`, () => assert.deepEqual(outlinePattern(source).needs, needs));
  }

  for (const source of ['abc\\Qdef', 'abc\\x41', 'abc\\101', 'abc{,2}', '(?<=abc)def', '{abc']) {
    test(`does not guess at "${source}"`, () =>
      assert.deepEqual(outlinePattern(source), { needs: [], combinable: false }));
  }

  test('says which expressions run well together', () => {
    for (const source of ['^[ab]+$', '^(a|b)', '^a']) assert.equal(outlinePattern(source).combinable, true, source);
    for (const source of ['[ab]+', '^a|b', '^a.*b', '^a\\Qb']) {
      assert.equal(outlinePattern(source).combinable, false, source);
    }
  });
});
