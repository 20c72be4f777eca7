import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { normalizePath } from '../../../src/proxy/http/normalize-path.js';

const rows: readonly (readonly [path: string, want: string | undefined])[] = [
  ['/', '/'],
  ['/a/b', '/a/b'],
  ['/a//b/', '/a//b/'],
  ['/a/.hidden', '/a/.hidden'],
  ['/a/..b/c..', '/a/..b/c..'],
  ['/a/./b', '/a/b'],
  ['/a/../b', '/b'],
  ['/a/b/..', '/a/'],
  ['/a/b/.', '/a/b/'],
  ['/a/%2e%2E/b', '/b'],
  ['/a/.%2e/b', '/b'],
  ['/a\\..\\b', '/b'],
  ['/a\\b', '/a/b'],
  ['/a?x=/../b', '/a?x=/../b'],
  ['/a/../b?x=../c', '/b?x=../c'],
  ['/%61dmin/%7Ea%2Db', '/admin/~a-b'],
  ['/a%20b%2Fc%25', '/a%20b%2Fc%25'],
  ['/..', undefined],
  ['/a/../../b', undefined],
  ['/%2e%2e/etc', undefined],
  ['/a#b', undefined],
  ['', undefined],
  ['a/b', undefined],
  ['http://a/b', undefined],
  ['*', '*'],
];

describe('normalizePath', () => {
  for (const [path, want] of rows) {
    it(`makes ${String(want)} of '${path}'`, () => assert.equal(normalizePath(path), want));
  }

  it('changes nothing the second time', () => {
    for (const [, want] of rows) if (want !== undefined) assert.equal(normalizePath(want), want);
  });
});
