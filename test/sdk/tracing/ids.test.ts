import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSpanId, parseTraceId, rewriteSpanId } from '../../../src/sdk/tracing/index.js';

test('a trace id of 16 bytes stays, in lower case', () => {
  assert.equal(parseTraceId('463AC35C9F6413AD48485A3953BB6124'), '463ac35c9f6413ad48485a3953bb6124');
});

test('a trace id of 8 bytes is the low half', () => {
  assert.equal(parseTraceId('48485a3953bb6124'), '000000000000000048485a3953bb6124');
  assert.equal(parseTraceId('0a'), `${'0'.repeat(30)}0a`);
});

test('a span id is right-aligned in 8 bytes', () => {
  assert.equal(parseSpanId('a2fb4a1d1a96d312'), 'a2fb4a1d1a96d312');
  assert.equal(parseSpanId('12'), '0000000000000012');
});

for (const text of [undefined, '', 'a', '0x12', '12 4', 'g0', '-1', '\u0661\u0661', '12\n3', 'é1', '\u{1f600}']) {
  test(`${JSON.stringify(text)} is no id`, () => {
    assert.equal(parseTraceId(text), undefined);
    assert.equal(parseSpanId(text), undefined);
  });
}

test('an id that is too long or all zero is none', () => {
  assert.equal(parseTraceId('12'.repeat(17)), undefined);
  assert.equal(parseSpanId('12'.repeat(9)), undefined);
  assert.equal(parseTraceId('0'.repeat(32)), undefined);
  assert.equal(parseSpanId('0000'), undefined);
});

test('a megabyte of digits is refused without being read', () => {
  assert.equal(parseTraceId('1'.repeat(2 ** 20)), undefined);
});

test('the rewriting of span ids is the one that Istio agreed upon, and its own reverse', () => {
  assert.equal(rewriteSpanId('a2fb4a1d1a96d312'), '9d9164ded28611b9');
  assert.equal(rewriteSpanId('9d9164ded28611b9'), 'a2fb4a1d1a96d312');
  assert.equal(rewriteSpanId('0000000000000001'), '3f6a2ec3c810c2aa');
  assert.equal(rewriteSpanId('3f6a2ec3c810c2ab'), undefined);
});
