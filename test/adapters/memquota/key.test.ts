import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createKeyMaker } from '../../../src/adapters/memquota/key.js';

describe('createKeyMaker()', () => {
  test('makes one key of equal values, in whatever order the names come', () => {
    const values = { a: 'x', b: 7n };
    assert.equal(createKeyMaker(['a', 'b'])(values), createKeyMaker(['b', 'a'])(values));
  });

  test('makes different keys of values that only look alike when joined', () => {
    const key = createKeyMaker(['a', 'b']);
    const keys = [
      { a: '', b: 'xy' },
      { a: 'x', b: 'y' },
      { a: 'xy', b: '' },
      { a: '1:x', b: 'y' },
      { a: 'x1:y', b: '' },
      { a: 'x;b=y', b: '' },
    ].map(key);
    assert.equal(new Set(keys).size, keys.length);
  });
});
