import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { scan } from '../../src/expr/scan.js';

const kinds = (source: string): string =>
  scan(source)
    .map(({ kind, text }) => (text === '' ? kind : text))
    .join(' ');

describe('scan()', () => {
  it('takes the longest operator', () => assert.equal(kinds('a&^b<<=c++...'), 'a &^ b <<= c ++ ... end'));
  it('puts a newline where Go would put a semicolon', () =>
    assert.deepEqual(
      scan('a\n+\nb)\n').map(({ kind }) => kind),
      ['identifier', 'newline', 'operator', 'identifier', 'operator', 'newline', 'end'],
    ));
  it('puts it where a comment begins', () => {
    assert.deepEqual(scan('a // b\n').map(({ kind, offset }) => [kind, offset])[1], ['newline', 2]);
    assert.deepEqual(scan('a /* \n */ b').map(({ kind, offset }) => [kind, offset])[1], ['newline', 2]);
  });
  it('takes no comment without newline for one', () => assert.equal(kinds('a /* b */ c'), 'a c end'));
  it('stops at the first lexical error', () => assert.equal(kinds('a @ b "'), 'a broken'));
  it('drops carriage returns of raw strings only', () => {
    assert.equal(scan('`a\r\nb`')[0]!.literal!.value, 'a\nb');
    assert.equal(kinds('a\r||\tb'), 'a || b end');
  });
});
