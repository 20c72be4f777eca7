import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Duration, Timestamp } from '../../../src/attributes/index.js';
import { stableText } from '../../../src/runtime/snapshot/stable-text.js';

describe('stableText', () => {
  it('does not depend on the order of keys', () => {
    assert.equal(stableText({ a: 1, b: [2n] }), stableText({ b: [2n], a: 1 }));
    assert.equal(stableText(new Map([['a', 1], ['b', 2]])), stableText(new Map([['b', 2], ['a', 1]]))); // prettier-ignore
  });

  it('depends on the order of lists', () => {
    assert.notEqual(stableText([1, 2]), stableText([2, 1]));
  });

  it('treats what is undefined as not there', () => {
    assert.equal(stableText({ a: undefined }), stableText({}));
  });

  const different: readonly unknown[] = [
    '1',
    1,
    1n,
    true,
    'true',
    null,
    undefined,
    'null',
    [],
    {},
    new Map(),
    [[]],
    ['', ''],
    [','],
    Duration.fromSeconds(1),
    '1s',
    Duration.fromSeconds(2),
    Timestamp.fromMillis(1),
    { a: { b: 1 } },
    { 'a:b': 1 },
    new Map([['a', new Map([['b', 1]])]]),
  ];
  it('keeps different values apart', () => {
    assert.equal(new Set(different.map(stableText)).size, different.length);
  });
});
