import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChunkReader } from '../../../src/proxy/http1/chunk-reader.js';
import { cuts } from './support.js';

interface Read {
  readonly body: string;
  readonly rest: string | undefined;
  readonly isBad: boolean;
  readonly isDone: boolean;
  readonly trailers: readonly string[] | undefined;
}

function readAll(pieces: readonly Buffer[], reader = new ChunkReader()): Read {
  let body = '';
  reader.begin();
  for (const [index, piece] of pieces.entries()) {
    const rest = reader.read(piece, (data) => (body += data.toString('latin1')));
    const { isDone, trailers } = reader;
    if (rest === 'bad') return { body, rest: undefined, isBad: true, isDone, trailers };
    const later = [rest ?? Buffer.alloc(0), ...pieces.slice(index + 1)];
    if (isDone) return { body, rest: Buffer.concat(later).toString('latin1'), isBad: false, isDone, trailers };
    assert.equal(rest, undefined);
  }
  return { body, rest: undefined, isBad: false, isDone: false, trailers: undefined };
}

test('a body is put together from its chunks, whatever pieces they come in', () => {
  const cases: readonly [text: string, body: string, rest: string, trailers?: string[]][] = [
    ['0\r\n\r\n', '', ''],
    ['3\r\nabc\r\n0\r\n\r\n', 'abc', ''],
    ['3\r\nabc\r\nA;x="y"\r\n0123456789\r\n000;z\r\n\r\nGET /', 'abc0123456789', 'GET /'],
    ['1\r\n\r\r\n2\r\n\r\n\r\n0\r\n\r\n\r\n', '\r\r\n', '\r\n'],
    ['0\r\nX-Sum: 3\r\nx: \r\n\r\nrest', '', 'rest', ['x-sum', '3', 'x', '']],
    ['0\r\nContent-Length: 3\r\nTransfer-Encoding: x\r\nHost: b\r\nx: y\r\n\r\n', '', '', ['x', 'y']],
    ['0\r\nContent-Length: 3\r\n\r\n', '', ''],
  ];
  const reader = new ChunkReader();
  for (const [text, body, rest, trailers] of cases) {
    for (const pieces of cuts(Buffer.from(text, 'latin1'))) {
      assert.deepEqual(readAll(pieces, reader), { body, rest, isBad: false, isDone: true, trailers }, text);
    }
  }
});

test('what is no chunked body is bad, whatever pieces it comes in', () => {
  const bad = [
    ...[
      '\r\n',
      ';a\r\n',
      'g\r\n',
      '-1\r\n',
      '+1\r\n',
      '0x1\r\n',
      ' 1\r\n',
      '1 \r\n',
      '1\n',
      '1\r\r',
      '1;a\n',
      '1;\0\r\n',
      '1;\x80\r\n',
    ],
    ...['1;a\rb\r\n', '1\r\na\n', '1\r\nab\r\n', '1\r\na\r\r', '10000000000000\r\n', '0\r\n\n', '0\r\nx y\r\n\r\n'],
    ...['0\r\nx: y\n\r\n', '0\r\n x: y\r\n\r\n', '0\r\nx : y\r\n\r\n', '0\r\nx: a\r\n b\r\n\r\n'],
  ];
  for (const text of bad) {
    for (const pieces of cuts(Buffer.from(text, 'latin1')))
      assert.equal(readAll(pieces).isBad, true, JSON.stringify(text));
  }
});

test('extensions and trailers have a bound over the whole body', () => {
  const extended = `1;${'x'.repeat(1000)}\r\na\r\n`;
  assert.equal(readAll([Buffer.from(`${extended.repeat(16)}0\r\n\r\n`)]).isDone, true);
  assert.equal(readAll([Buffer.from(`${extended.repeat(17)}0\r\n\r\n`)]).isBad, true);
  assert.equal(readAll([Buffer.from(`0\r\n${'x: y\r\n'.repeat(3000)}\r\n`)]).isBad, true);
  const endless = Array.from({ length: 100 }, () => Buffer.from(`x: ${'y'.repeat(1000)}\r\n`));
  assert.equal(readAll([Buffer.from('0\r\n'), ...endless]).isBad, true);
});
