import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { freezeMap } from '../../src/config/freeze.js';

describe('freezeMap()', () => {
  it('lets a map be read', () => {
    const map = freezeMap(new Map([['a', 1]]));
    assert.deepEqual(map, new Map([['a', 1]]));
    assert.deepEqual([...map], [['a', 1]]);
  });

  it('refuses every change', () => {
    const map = freezeMap(new Map([['a', 1]])) as Map<string, number>;
    assert.throws(() => map.set('b', 2), TypeError);
    assert.throws(() => map.delete('a'), TypeError);
    assert.throws(() => map.clear(), TypeError);
    assert.equal(map.get('a'), 1);
  });
});
