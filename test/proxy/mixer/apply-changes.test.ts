import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HeaderChange } from '../../../src/client/index.js';
import { Headers } from '../../../src/proxy/http/headers.js';
import { changeRequest, changeResponse } from '../../../src/proxy/mixer/apply-changes.js';
import { requestHead } from '../support.js';

const replace = (name: string, value: string): HeaderChange => ({ name, value, operation: 'REPLACE' });
const append = (name: string, value: string): HeaderChange => ({ name, value, operation: 'APPEND' });
const remove = (name: string): HeaderChange => ({ name, value: '', operation: 'REMOVE' });

describe('changes to a request', () => {
  it('replace, append and remove headers, and change path, method and authority where they are kept', () => {
    const request = requestHead('a.test/x', { 'x-a': '1', 'x-b': '2', 'x-c': '3' });
    changeRequest(
      [
        replace('X-A', 'one'),
        append('x-b', 'more'),
        remove('x-c'),
        replace(':path', '/y?z'),
        replace(':method', 'PUT'),
        replace(':authority', 'b.test'),
      ],
      request,
    );
    assert.deepEqual([request.method, request.authority, request.path], ['PUT', 'b.test', '/y?z']);
    assert.deepEqual(
      [...request.headers],
      [
        ['x-a', 'one'],
        ['x-b', '2'],
        ['x-b', 'more'],
      ],
    );
    changeRequest([replace('Host', 'c.test')], request);
    assert.equal(request.authority, 'c.test');
    assert.equal(request.headers.has('host'), false);
  });

  it('cannot break out of the line that they stand in', () => {
    const request = requestHead('a.test/x', { 'x-a': '1' });
    changeRequest(
      [
        replace(':path', '/y HTTP/1.1'),
        replace(':path', '/y\r\nx: y'),
        replace(':path', 'y'),
        replace(':method', 'GET /'),
        replace(':authority', 'b c'),
        replace('x-a', '1\r\nx-evil: 1'),
        append('x b', '1'),
      ],
      request,
    );
    assert.deepEqual([request.method, request.authority, request.path], ['GET', 'a.test', '/x']);
    assert.deepEqual([...request.headers], [['x-a', '1']]);
  });

  it('leave alone what frames the message, and what only looks like a pseudo header', () => {
    const request = requestHead('a.test/x', { 'content-length': '3' });
    changeRequest(
      [
        ...['content-length', 'Transfer-Encoding', 'connection', 'te', 'upgrade', ':scheme', ':status', ':x'].map(
          (name) => replace(name, 'x'),
        ),
        ...[':path', ':x', 'transfer-encoding'].map((name) => append(name, '/x')),
        ...[':path', ':authority', 'content-length'].map(remove),
      ],
      request,
    );
    assert.deepEqual([request.authority, request.path, request.scheme], ['a.test', '/x', 'http']);
    assert.deepEqual([...request.headers], [['content-length', '3']]);
  });
});

it('changes to a response are to its headers, but for those that frame it', () => {
  const headers = new Headers(['content-length', '3', 'server', 'x', 'set-cookie', 'a']);
  changeResponse(
    [replace(':status', '500'), replace('content-length', '9'), remove('server'), append('Set-Cookie', 'b')],
    headers,
  );
  assert.deepEqual(
    [...headers],
    [
      ['content-length', '3'],
      ['set-cookie', 'a'],
      ['set-cookie', 'b'],
    ],
  );
});
