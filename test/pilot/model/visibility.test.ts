import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hasLabels, isPublic, isVisible } from '../../../src/pilot/model/visibility.js';

describe('isVisible()', () => {
  const rows: readonly [exportTo: readonly string[], fallback: readonly string[], isOpen: boolean][] = [
    [[], [], true],
    [[], ['*'], true],
    [[], ['.'], false],
    [['*'], ['.'], true],
    [['.'], ['*'], false],
  ];
  for (const [exportTo, fallback, isOpen] of rows) {
    it(`with export to "${exportTo.join()}" of "${fallback.join()}" is ${isOpen} elsewhere and true at home`, () => {
      assert.equal(isPublic(exportTo, fallback), isOpen);
      assert.equal(isVisible({ namespace: 'a', exportTo }, 'b', fallback), isOpen);
      assert.equal(isVisible({ namespace: 'a', exportTo }, 'a', fallback), true);
    });
  }
});

describe('hasLabels()', () => {
  it('wants all of them', () => {
    const labels = new Map(Object.entries({ a: '1', b: '2' }));
    assert.equal(hasLabels(labels, new Map()), true);
    assert.equal(hasLabels(labels, new Map([['a', '1']])), true);
    assert.equal(hasLabels(labels, new Map([['a', '2']])), false);
    assert.equal(hasLabels(labels, new Map(Object.entries({ a: '1', c: '3' }))), false);
  });
});
