import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareHosts, isSubsetOf, isWildcard, matchesHost } from '../../../src/pilot/kinds/host-name.js';

const rows: readonly [a: string, b: string, matches: boolean, aInB: boolean, bInA: boolean][] = [
  ['a.com', 'a.com', true, true, true],
  ['a.com', 'b.com', false, false, false],
  ['*', 'a.com', true, false, true],
  ['*', '*', true, true, true],
  ['*', '*.com', true, false, true],
  ['*.com', 'a.com', true, false, true],
  ['*.com', 'com', false, false, false],
  ['*.a.com', '*.com', true, true, false],
  ['*.a.com', '*.b.com', false, false, false],
  ['*-a.com', 'x-a.com', true, false, true],
  ['*.com', '*-a.com', true, false, true],
];

describe('hosts', () => {
  for (const [a, b, matches, aInB, bInA] of rows) {
    it(`compares ${a} with ${b}`, () => {
      assert.equal(matchesHost(a, b), matches);
      assert.equal(matchesHost(b, a), matches);
      assert.equal(isSubsetOf(a, b), aInB);
      assert.equal(isSubsetOf(b, a), bInA);
    });
  }

  it('orders the more specific first', () => {
    const sorted = ['b.a.com', 'c.a.com', 'a.com', '*.a.com', '*.com', '*'];
    assert.deepEqual(sorted.toReversed().sort(compareHosts), sorted);
    assert.equal(compareHosts('*', '*'), 0);
  });

  it('knows wildcards by their star', () => {
    assert.deepEqual(['*', '*.a', 'a', ''].map(isWildcard), [true, true, false, false]);
  });
});
