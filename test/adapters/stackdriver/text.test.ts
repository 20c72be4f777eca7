import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cleanText, truncate } from '../../../src/adapters/stackdriver/text.js';

describe('cleanText()', () => {
  it('drops halves of characters, and cuts between characters', () => {
    assert.equal(cleanText('a\ud800b\udc00c😀', 10), 'abc😀');
    assert.equal(cleanText('ab😀', 3), 'ab');
  });
});

describe('truncate()', () => {
  it('counts bytes and never cuts a character in two', () => {
    const rows: readonly (readonly [string, string, number])[] = [
      ['abcd', 'abcd', 0],
      ['abcde', 'abcd', 1],
      ['abcdé', 'abcd', 2],
      ['abcé', 'abc', 2],
      ['ab😀', 'ab', 4],
      ['😀x', '😀', 1],
      ['abc😀', 'abc', 4],
      ['ab\ud800c', 'abc', 0],
      ['', '', 0],
    ];
    for (const [text, value, truncatedByteCount] of rows) {
      assert.deepEqual(truncate(text, 4), { value, truncatedByteCount }, text);
    }
  });

  it('takes a megabyte', () => {
    assert.deepEqual(truncate('é'.repeat(2 ** 20), 256), {
      value: 'é'.repeat(128),
      truncatedByteCount: 2 ** 21 - 256,
    });
  });
});
