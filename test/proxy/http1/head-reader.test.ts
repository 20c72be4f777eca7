import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Found, HeadReader, requestOpening, responseOpening } from '../../../src/proxy/http1/head-reader.js';
import { cuts, readHead } from './support.js';

const headOf = (found: Found): string => (typeof found === 'string' ? found : found.head);

/** What comes of a text is the same whatever pieces it comes in. */
function readsAs(text: string, want: string, rest = '', most = 1000, opening = requestOpening): void {
  for (const pieces of cuts(Buffer.from(text, 'latin1'))) {
    const got = readHead(new HeadReader(most, opening), pieces);
    const first = pieces[0]!.length;
    assert.equal(headOf(got.found), want, `first ${first} of ${JSON.stringify(text.slice(0, 60))}`);
    if (typeof got.found !== 'string') assert.equal(got.rest, rest, `first ${first}`);
  }
}

test('a head is found in whatever pieces it comes, with what follows it', () => {
  readsAs('GET / HTTP/1.1\r\nHost: a\r\n\r\n', 'GET / HTTP/1.1\r\nHost: a\r\n');
  readsAs('GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /2', 'GET / HTTP/1.1\r\nHost: a\r\n', 'GET /2');
  readsAs('GET / HTTP/1.1\r\n\r\n\r\n', 'GET / HTTP/1.1\r\n', '\r\n');
  readsAs('HTTP/1.1 200 \xe4\r\n\r\n', 'HTTP/1.1 200 \xe4\r\n', '', 1000, responseOpening);
});

test('empty lines before a head are passed over, in whatever pieces they come', () => {
  readsAs('\r\n\r\nGET / HTTP/1.1\r\n\r\n', 'GET / HTTP/1.1\r\n');
  readsAs('\r\n\r\n\r\n', 'incomplete');
});

test('a head is too large in one piece if it is in many', () => {
  const head = 'GET / HTTP/1.1\r\nX: 1\r\n';
  const most = head.length - 2;
  readsAs(`${head}\r\nrest`, head, 'rest', most);
  readsAs(`${head}\r\nrest`, 'too large', '', most - 1);
  readsAs(`GET / HTTP/1.1\r\nX: ${'1'.repeat(200)}`, 'too large', '', 100);
});

test('what cannot become a head is refused before its end', () => {
  for (const text of ['\x16\x03\x01\x02', 'GET\t/', '{"a":1}', 'a\r', 'GET / HTTP/1.1\n', 'GET / HTTP/1.1\r\nA: b\n']) {
    assert.equal(new HeadReader(1000, requestOpening).read(Buffer.from(text, 'latin1')), 'bad', text);
  }
  for (const text of ['SSH-2.0', 'HTTP/2', 'http/1.1', 'H ', ' HTTP/1.1'])
    assert.equal(new HeadReader(1000, responseOpening).read(Buffer.from(text)), 'bad', text);
  for (const text of ['H', 'HTTP', 'HTTP/1', 'HTTP/1.1 20'])
    assert.equal(new HeadReader(1000, responseOpening).read(Buffer.from(text)), 'incomplete', text);
});

test('a reader says whether it is inside of a head, and takes one after the other', () => {
  const reader = new HeadReader(1000, requestOpening);
  assert.equal(reader.isInside, false);
  reader.read(Buffer.from('\r\n'));
  assert.equal(reader.isInside, false);
  reader.read(Buffer.from('GET / HT'));
  assert.equal(reader.isInside, true);
  assert.equal(headOf(reader.read(Buffer.from('TP/1.1\r\n\r\n'))), 'GET / HTTP/1.1\r\n');
  assert.equal(reader.isInside, false);
  assert.equal(headOf(reader.read(Buffer.from('PUT / HTTP/1.1\r\n\r\n'))), 'PUT / HTTP/1.1\r\n');
});
