import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Headers } from '../../../src/proxy/http/headers.js';

describe('headers', () => {
  const make = () => new Headers(['a', '1', 'b', '2', 'a', '3']);

  it('give the first value, or all of them', () => {
    assert.equal(make().get('a'), '1');
    assert.equal(make().getAll('a'), '1,3');
    assert.equal(make().getAll('c'), undefined);
    assert.equal(make().has('__proto__'), false);
  });

  it('replace all values by one in its place', () => {
    const headers = make();
    headers.set('a', '4');
    headers.set('c', '5');
    assert.deepEqual(headers.raw, ['a', '4', 'b', '2', 'c', '5']);
  });

  it('add and remove', () => {
    const headers = make();
    headers.add('b', '6');
    headers.remove('a');
    headers.remove('none');
    assert.deepEqual(
      [...headers],
      [
        ['b', '2'],
        ['b', '6'],
      ],
    );
  });

  it('remove many names in one walk', () => {
    const headers = new Headers(['a', '1', 'b', '2', 'c', '3', 'a', '4', 'd', '5']);
    headers.removeAll(new Set(['a', 'c', 'none']));
    assert.deepEqual(headers.raw, ['b', '2', 'd', '5']);
  });
});
