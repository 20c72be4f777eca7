import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fields, readFields } from '../../../src/proxy/http1/fields.js';

function read(text: string): Fields | undefined {
  const fields = new Fields();
  return readFields(text, 0, fields) ? fields : undefined;
}

test('names become lower case, values lose the blanks around them, and order and repetition stay', () => {
  const fields = read('X-A:1\r\nx-b: \t two words \t\r\nX-A:\r\n__proto__: x\r\nx-c: \xe4:\r\n');
  assert.deepEqual(fields?.raw, ['x-a', '1', 'x-b', 'two words', 'x-a', '', '__proto__', 'x', 'x-c', '\xe4:']);
  assert.equal(fields.count, 5);
});

test('what others might read otherwise is refused', () => {
  const bad = [
    ...['A : b\r\n', ' A: b\r\n', 'A: b\r\n c\r\n', 'A: b\r\n\tc: d\r\n', ': b\r\n', 'A b\r\n', 'A\r\n', '\r\n'],
    ...['A: b\n', 'A: b\rc\r\n', 'A: b\nc: d\r\n', 'A: b\r\r\n', 'A: b', 'A: b\r', 'A: \0\r\n', 'A: \x7f\r\n'],
    ...['A\0: b\r\n', 'A\xe4: b\r\n', 'A(: b\r\n', '"A": b\r\n', 'A: b\r\n\r\nB: c\r\n', 'A:\x0b b\r\n'],
  ];
  for (const text of bad) assert.equal(read(text), undefined, JSON.stringify(text));
});

test('what belongs to the connection is told apart', () => {
  const fields = read(
    'Host: a\r\nConnection: Close\r\nconnection: X-Hop\r\nKeep-Alive: timeout=5\r\nUpgrade: WebSocket\r\nTE: trailers\r\n' +
      'Expect: 100-Continue\r\nProxy-Connection: x\r\nTrailer: x\r\nTransfer-Encoding: Chunked\r\nContent-Length: 5\r\nx-hop: 1\r\n',
  )!;
  assert.deepEqual(fields.raw, ['expect', '100-Continue', 'content-length', '5', 'x-hop', '1']);
  assert.deepEqual(
    [fields.host, fields.connection, fields.keepAlive, fields.upgrade, fields.te, fields.expect, fields.encoding],
    ['a', 'close,x-hop', 'timeout=5', 'websocket', 'trailers', '100-continue', 'chunked'],
  );
  assert.deepEqual([fields.hosts, fields.lengths, fields.length, fields.encodings], [1, 1, '5', 1]);
  assert.deepEqual([fields.hasOption('close'), fields.hasOption('x-hop'), fields.hasOption('x')], [true, true, false]);
  fields.dropListed();
  assert.deepEqual(fields.raw, ['expect', '100-Continue', 'content-length', '5']);
});

test('what is kept is not dropped, even if it is named', () => {
  const fields = read('Connection: a , content-length,, close\r\na: 1\r\nContent-Length: 5\r\nb: content-length\r\n')!;
  fields.dropListed(new Set(['content-length']));
  assert.deepEqual(fields.raw, ['content-length', '5', 'b', 'content-length']);
  fields.dropListed();
  assert.deepEqual(fields.raw, ['b', 'content-length']);
});
