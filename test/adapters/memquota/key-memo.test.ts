import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { KeyMemo } from '../../../src/adapters/memquota/key-memo.js';

describe('KeyMemo', () => {
  test('finds the key of the same texts and of no others', () => {
    const memo = new KeyMemo(['a', 'b']);
    memo.add({ a: 'x', b: '' }, 'one');
    memo.add({ a: 'x', b: '__proto__' }, 'two');
    memo.add({ a: '', b: 'x' }, 'three');
    assert.equal(memo.get({ a: 'x', b: '' }), 'one');
    assert.equal(memo.get({ a: 'x', b: '__proto__' }), 'two');
    assert.equal(memo.get({ a: '', b: 'x' }), 'three');
    assert.equal(memo.get({ a: '', b: '' }), undefined);
    assert.equal(memo.get({ a: 'y', b: '' }), undefined);
    assert.equal(memo.get({ a: 'x' }), undefined);
  });

  test('does not remember values of other types', () => {
    const memo = new KeyMemo(['a', 'b']);
    memo.add({ a: 'x', b: 1n }, 'one');
    assert.equal(memo.size, 0);
    assert.equal(memo.get({ a: 'x', b: 1n }), undefined);
    assert.equal(memo.get({ a: 'x', b: '1' }), undefined);
  });

  test('has nothing to find without dimensions', () => {
    const memo = new KeyMemo([]);
    memo.add({}, '');
    assert.equal(memo.size, 0);
    assert.equal(memo.get({}), undefined);
  });

  test('forgets rather than grow beyond its bound', () => {
    const memo = new KeyMemo(['a', 'b'], 100);
    for (let key = 0; key < 250; key += 1) {
      memo.add({ a: 'x', b: `${key}` }, `${key}`);
      assert.ok(memo.size <= 100);
      assert.equal(memo.get({ a: 'x', b: `${key}` }), `${key}`);
    }
    assert.equal(memo.get({ a: 'x', b: '0' }), undefined);
  });
});
