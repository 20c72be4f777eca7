import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ParsedResponse, parseResponse } from '../../../src/proxy/http1/response-head.js';

function parse(line: string, ...fields: string[]): ParsedResponse | undefined {
  return parseResponse([line, ...fields, ''].join('\r\n'), 'GET');
}

test('the line of an answer is a version, a status and perhaps words', () => {
  for (const line of ['HTTP/1.1 200 OK', 'HTTP/1.1 200 ', 'HTTP/1.1 200', 'HTTP/1.0 200 a b\t\xe4'])
    assert.equal(parse(line)?.status, 200, line);
  assert.equal(parse('HTTP/1.1 999 x')?.status, 999);
  const bad = [
    ...['HTTP/1.1 2000 OK', 'HTTP/1.1 20 OK', 'HTTP/1.1 20', 'HTTP/1.1 099 x', 'HTTP/1.1 2x0 OK', 'HTTP/1.1  200 OK'],
    ...['HTTP/2 200 OK', 'HTTP/1.2 200 OK', 'http/1.1 200 OK', 'HTTP/1.1 200\tOK', 'HTTP/1.1 200 \0', 'ICY 200 OK', ''],
    ...['HTTP/1.1 200 a\rb', 'HTTP/1.1 +20 OK', 'HTTP/1.1 200OK'],
  ];
  for (const line of bad) assert.equal(parse(line), undefined, JSON.stringify(line));
});

test('a connection stays as the version and its options say', () => {
  const stays = (line: string, ...fields: string[]): boolean | undefined => parse(line, ...fields)?.keepsAlive;
  const length = 'Content-Length: 0';
  assert.equal(stays('HTTP/1.1 200 OK', length), true);
  assert.equal(stays('HTTP/1.1 200 OK', length, 'Connection: foo, Close'), false);
  assert.equal(stays('HTTP/1.0 200 OK', length), false);
  assert.equal(stays('HTTP/1.0 200 OK', length, 'Connection: Keep-Alive'), true);
  assert.equal(stays('HTTP/1.0 200 OK', 'Transfer-Encoding: chunked', 'Connection: Keep-Alive'), false);
});

test('what the connection names is dropped, its length among that', () => {
  const response = parse(
    'HTTP/1.1 200 OK',
    'Connection: x-hop, content-length',
    'X-Hop: 1',
    'Content-Length: 5',
    'x: y',
  );
  assert.deepEqual([response?.fields.raw, response?.framing], [['x', 'y'], 5]);
  assert.equal(parse('HTTP/1.1 200 OK', 'Content-Length: 1', 'Content-Length: 2'), undefined);
  assert.equal(parse('HTTP/1.1 200 OK', 'a : b'), undefined);
});
