import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chunked } from '../../../src/proxy/http1/framing.js';
import { type ParsedRequest, parseRequest } from '../../../src/proxy/http1/request-head.js';

function parse(line: string, ...fields: string[]): ParsedRequest | string {
  return parseRequest([line, ...fields, ''].join('\r\n'), 5);
}
const host = 'Host: a';

test('the line of a request is three words, and nothing else', () => {
  const request = parse('GET /a?b HTTP/1.1', host) as ParsedRequest;
  assert.deepEqual(
    [request.method, request.target, request.isHttp11, request.framing, request.upgrade],
    ['GET', '/a?b', true, 0, undefined],
  );
  assert.equal((parse('M-SEARCH * HTTP/1.0') as ParsedRequest).isHttp11, false);
  const bad = [
    ...[
      'GET  / HTTP/1.1',
      'GET /  HTTP/1.1',
      'GET / HTTP/1.1 ',
      ' GET / HTTP/1.1',
      'GET\t/\tHTTP/1.1',
      'GET / http/1.1',
    ],
    ...['GET / HTTP/1.2', 'GET / HTTP/3.0', 'GET / HTTP/01.1', 'G(T / HTTP/1.1', 'GET /# HTTP/1.1', 'GET /\0 HTTP/1.1'],
    ...['HTTP/1.1', 'GET', '', ' ', '/ HTTP/1.1', 'GET / HTTP/1.1\rX: y', 'GET /\x7f HTTP/1.1'],
  ];
  for (const line of bad) assert.equal(parse(line, host), '400 Bad Request', JSON.stringify(line));
  for (const line of ['GET /', 'GET HTTP/1.1', 'GET / HTTP/2.0', 'PRI * HTTP/2.0', 'GET / HTTP/0.9'])
    assert.equal(parse(line, host), '426 Upgrade Required', line);
});

test('there is one host, and it is one', () => {
  for (const value of ['', 'a:80', '[::1]:80', 'a_b.c', 'A%20'])
    assert.equal(typeof parse('GET / HTTP/1.1', `Host: ${value}`), 'object', value);
  for (const value of ['a b', 'a/b', 'a@b', 'a?', 'a\\b', 'a\tb', '\xe4', '"a"', '<a>'])
    assert.equal(parse('GET / HTTP/1.1', `Host: ${value}`), '400 Bad Request', value);
  assert.equal(parse('GET / HTTP/1.1'), '400 Bad Request');
  assert.equal(parse('GET / HTTP/1.1', host, host), '400 Bad Request');
  assert.equal(parse('GET / HTTP/1.0', host, host), '400 Bad Request');
});

test('bounds and expectations have their answers', () => {
  const many = parse('GET / HTTP/1.1', host, 'a: b', 'a: b', 'a: b', 'a: b', 'a: b');
  assert.equal(many, '431 Request Header Fields Too Large');
  assert.equal(parse('GET / HTTP/1.1', host, 'Expect: more'), '417 Expectation Failed');
  assert.equal((parse('GET / HTTP/1.1', host, 'Expect: 100-Continue') as ParsedRequest).fields.expect, '100-continue');
});

test('another protocol has to be asked for by connection, and without a body', () => {
  const ask = (upgrade: string, connection: string, ...more: string[]): ParsedRequest =>
    parse('GET / HTTP/1.1', host, `Upgrade: ${upgrade}`, `Connection: ${connection}`, ...more) as ParsedRequest;
  assert.equal(ask('WebSocket', 'keep-alive, Upgrade').upgrade, 'websocket');
  assert.equal(ask('websocket', 'keep-alive').upgrade, undefined);
  assert.equal(ask('websocket', 'upgrade', 'Content-Length: 1'), '400 Bad Request');
  assert.equal(ask('websocket', 'upgrade', 'Transfer-Encoding: chunked'), '400 Bad Request');
  assert.equal((parse('CONNECT a:80 HTTP/1.1', host) as ParsedRequest).upgrade, 'connect');
  assert.equal(parse('CONNECT a:80 HTTP/1.1', host, 'Content-Length: 1'), '400 Bad Request');
});

test('an offer of HTTP/2 is passed over, with a body or without', () => {
  const offer = ['Upgrade: h2c', 'Connection: Upgrade, HTTP2-Settings', 'HTTP2-Settings: AAMAAABkAAQAAP__'];
  assert.equal((parse('GET / HTTP/1.1', host, ...offer) as ParsedRequest).upgrade, undefined);
  const { upgrade, framing } = parse('POST / HTTP/1.1', host, ...offer, 'Transfer-Encoding: chunked') as ParsedRequest;
  assert.deepEqual([upgrade, framing], [undefined, chunked]);
});
