import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldLine, HeadWriter, statusLine } from '../../../src/proxy/http1/write-head.js';

function written(write: (writer: HeadWriter) => void): string {
  const writer = new HeadWriter();
  write(writer);
  return writer.take().toString('latin1');
}

test('a value never becomes another line, and what is no octet is UTF-8', () => {
  const cases: readonly [value: string, line: string][] = [
    ['b', 'a: b\r\n'],
    ['', 'a: \r\n'],
    ['b\r\nc: d', 'a: b  c: d\r\n'],
    ['b\nc\rd\0e\x7f\x01', 'a: b c d e  \r\n'],
    ['\t\xe4', 'a: \t\xe4\r\n'],
    ['\u010a\u010d', 'a: \xc4\x8a\xc4\x8d\r\n'],
    ['\ud83d\ude00\n', 'a: \xf0\x9f\x98\x80 \r\n'],
    ['\ud800', 'a: \xef\xbf\xbd\r\n'],
  ];
  for (const [value, line] of cases) {
    assert.equal(
      written((writer) => writer.field('a', value)),
      line,
    );
    assert.equal(fieldLine('a', value), line);
  }
});

test('a name that is none is left out', () => {
  for (const name of ['', 'a b', 'a:', 'a\r\nb', ':path', '\xe4', '\u0161', 'a\0']) {
    const text = written((writer) => {
      writer.field('x', '1');
      writer.field(name, 'v');
      writer.field('y', '2');
    });
    assert.equal(text, 'x: 1\r\ny: 2\r\n', JSON.stringify(name));
    assert.equal(fieldLine(name, 'v'), '');
  }
});

test('a target never ends its line', () => {
  assert.equal(
    written((writer) => writer.target('/a b\r\nc\x7f\u00e4\u0161')),
    '/a%20b%0d%0ac%7f\xc3\xa4\xc5\xa1',
  );
  assert.equal(
    written((writer) => writer.target('/a?b=%20\xe4')),
    '/a?b=%20\xe4',
  );
});

test('heads of any size are written, one after the other', () => {
  const writer = new HeadWriter();
  for (const size of [10, 16_380, 16_384, 100_000, 5]) {
    const [plain, odd] = ['x'.repeat(size), `\u0161${'y'.repeat(size)}\n`];
    writer.text(`${plain}\r\n`);
    writer.field('a', plain);
    writer.field('b', odd);
    const want = `${plain}\r\na: ${plain}\r\nb: \xc5\xa1${'y'.repeat(size)} \r\n`;
    assert.ok(writer.take().toString('latin1') === want, `${size}`);
  }
  assert.equal(writer.take().length, 0);
});

test('a status has its words, if there are any', () => {
  assert.equal(statusLine(404), 'HTTP/1.1 404 Not Found\r\n');
  assert.equal(statusLine(299), 'HTTP/1.1 299 \r\n');
});
