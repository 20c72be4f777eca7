import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BodyDecoder } from '../../../src/proxy/http1/body-decoder.js';
import { chunked, untilClose } from '../../../src/proxy/http1/framing.js';

test('a body with a length ends there, and one without goes on', () => {
  const decoder = new BodyDecoder();
  const got: string[] = [];
  const give = (data: Buffer): number => got.push(data.toString());
  decoder.begin(5);
  assert.deepEqual([decoder.isDone, decoder.endsWithConnection], [false, false]);
  assert.equal(decoder.read(Buffer.from('abc'), give), undefined);
  assert.equal(String(decoder.read(Buffer.from('defgh'), give)), 'fgh');
  assert.deepEqual([got.join('|'), decoder.isDone], ['abc|de', true]);
  decoder.begin(3);
  assert.equal(decoder.read(Buffer.from('abc'), give), undefined);
  assert.equal(decoder.isDone, true);
  decoder.begin(untilClose);
  assert.equal(decoder.read(Buffer.from('abc'), give), undefined);
  assert.deepEqual([decoder.isDone, decoder.endsWithConnection], [false, true]);
  decoder.begin(0);
  assert.equal(decoder.isDone, true);
});

test('trailers are those of the last message', () => {
  const decoder = new BodyDecoder();
  const give = (): void => undefined;
  decoder.begin(chunked);
  assert.equal(String(decoder.read(Buffer.from('1\r\na\r\n0\r\nx: y\r\n\r\nmore'), give)), 'more');
  assert.deepEqual(decoder.trailers, ['x', 'y']);
  decoder.begin(chunked);
  assert.equal(decoder.read(Buffer.from('0\r\n\r\n'), give), undefined);
  assert.deepEqual([decoder.isDone, decoder.trailers], [true, undefined]);
  decoder.begin(chunked);
  assert.equal(decoder.read(Buffer.from('x'), give), 'bad');
});
