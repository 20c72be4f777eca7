import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fields, readFields } from '../../../src/proxy/http1/fields.js';
import { chunked, requestFraming, responseFraming, unclear, untilClose } from '../../../src/proxy/http1/framing.js';

function fieldsOf(...lines: string[]): Fields {
  const fields = new Fields();
  assert.ok(readFields(lines.map((line) => `${line}\r\n`).join(''), 0, fields));
  return fields;
}
const length = (value: string) => `Content-Length: ${value}`;
const encoding = (value: string) => `Transfer-Encoding: ${value}`;

test('lengths that not all read as the same are unclear', () => {
  const bad = ['', '+1', '-1', '1, 1', '1 1', '0x1', '1e3', '1.0', '1_0', '9'.repeat(16), '\xb2', 'a'];
  for (const value of bad) {
    assert.equal(requestFraming(fieldsOf(length(value)), true), unclear, value);
    for (const status of [200, 204, 304])
      assert.equal(responseFraming(fieldsOf(length(value)), 'GET', status), unclear, value);
  }
  assert.equal(requestFraming(fieldsOf(length('1'), length('1')), true), unclear);
  assert.equal(requestFraming(fieldsOf(length('0')), true), 0);
  assert.equal(requestFraming(fieldsOf(length('007')), true), 7);
  assert.equal(requestFraming(fieldsOf(length('9'.repeat(15))), true), 999_999_999_999_999);
});

test('chunks are chunks alone, and nothing else beside them', () => {
  assert.equal(requestFraming(fieldsOf(encoding('Chunked')), true), chunked);
  assert.equal(requestFraming(fieldsOf(encoding('chunked')), false), unclear);
  const bad = [
    ...['', 'identity', 'gzip, chunked', 'chunked, chunked', 'chunked;a=b', 'xchunked', 'chunked,', '\x80chunked'],
    ...['"chunked"', 'chunked identity'],
  ];
  for (const value of bad) {
    assert.equal(requestFraming(fieldsOf(encoding(value)), true), unclear, value);
    assert.equal(responseFraming(fieldsOf(encoding(value)), 'GET', 200), unclear, value);
  }
  for (const lines of [
    [encoding('chunked'), length('1')],
    [length('0'), encoding('chunked')],
    [encoding('chunked'), encoding('chunked')],
  ]) {
    assert.equal(requestFraming(fieldsOf(...lines), true), unclear);
    for (const method of ['GET', 'HEAD']) assert.equal(responseFraming(fieldsOf(...lines), method, 200), unclear);
  }
});

test('an answer without either goes on to the end, unless its status or the method say that there is no body', () => {
  assert.equal(responseFraming(fieldsOf(), 'GET', 200), untilClose);
  for (const line of [length('5'), encoding('chunked')]) {
    assert.equal(responseFraming(fieldsOf(line), 'HEAD', 200), 0);
    for (const status of [100, 103, 204, 304]) assert.equal(responseFraming(fieldsOf(line), 'GET', status), 0);
  }
  assert.equal(responseFraming(fieldsOf(length('5')), 'GET', 205), 5);
  assert.equal(requestFraming(fieldsOf(), true), 0);
});
