import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oneLine, readJsonResponse, readProtobufResponse, readStatus } from '../../../src/adapters/otlp/answer.js';
import { encodeResponse } from './decode.js';

test('an empty answer means that all was taken', () => {
  assert.deepEqual(readProtobufResponse(new Uint8Array()), { kind: 'delivered' });
  assert.deepEqual(readProtobufResponse(encodeResponse({})), { kind: 'delivered' });
  assert.deepEqual(readJsonResponse('{}'), { kind: 'delivered' });
  assert.deepEqual(readJsonResponse('{"partialSuccess":{}}'), { kind: 'delivered' });
});

test('a partial success says how many and why', () => {
  const want = { kind: 'partial', rejected: 300, reason: 'too old' };
  assert.deepEqual(readProtobufResponse(encodeResponse({ rejected: 300, errorMessage: 'too\nold' })), want);
  for (const name of ['rejectedSpans', 'rejectedDataPoints', 'rejectedLogRecords']) {
    for (const count of ['300', 300]) {
      const text = JSON.stringify({ partialSuccess: { [name]: count, errorMessage: 'too old' } });
      assert.deepEqual(readJsonResponse(text), want);
    }
  }
});

test('a count that is none rejects nothing', () => {
  for (const count of [-1, 'x', null, {}]) {
    const text = JSON.stringify({ partialSuccess: { rejectedSpans: count } });
    assert.deepEqual(readJsonResponse(text), { kind: 'delivered' });
  }
  assert.deepEqual(readProtobufResponse(encodeResponse({ rejected: -1 })), { kind: 'delivered' });
});

test('what is no answer at all throws', () => {
  for (const text of ['', 'null', '[]', '5', '<html>']) assert.throws(() => readJsonResponse(text));
  for (const bytes of [[10], [10, 200], [11, 11, 11], [12]]) {
    assert.throws(() => readProtobufResponse(Uint8Array.from(bytes)), String(bytes));
  }
});

test('a status that is none has no message and no pause', () => {
  for (const bytes of [[], [255], [18, 100], [26, 3, 10, 200, 1]]) {
    assert.deepEqual(readStatus(Uint8Array.from(bytes)), { message: '', retryMillis: undefined });
  }
});

test('texts of others become one short line', () => {
  assert.equal(oneLine(' a\r\n\u0000b\t c '), 'a b c');
  assert.equal(oneLine('x'.repeat(2 ** 20)).length, 203);
});
