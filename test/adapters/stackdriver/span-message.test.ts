import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Timestamp } from 'fairlead/sdk';
import type { Span } from 'fairlead/sdk/tracing';
import { encodeSpan, hasWritableTimes } from '../../../src/adapters/stackdriver/span-message.js';
import type { Body } from './google.js';

const start = new Timestamp(1_500_000_000, 0);
const end = new Timestamp(1_500_000_000, 30_000_000);
const span: Span = {
  traceId: '463ac35c9f6413ad48485a3953bb6124',
  spanId: 'a2fb4a1d1a96d312',
  parentSpanId: '0020000000000001',
  name: '/Get',
  kind: 'SERVER',
  start,
  end,
  attributes: [
    ['text', 'x'],
    ['count', 2n ** 60n],
    ['flag', true],
    ['ratio', 1.5],
  ],
  status: { code: 5, message: 'NOT_FOUND' },
  events: [
    { type: 'RECEIVED', time: start, bytes: 128n },
    { type: 'SENT', time: end, bytes: -1n },
  ],
  endpoint: { serviceName: '', ip: undefined },
  peer: { serviceName: '', ip: undefined },
};
const encode = (changes: Partial<Span> = {}) => JSON.parse(encodeSpan({ ...span, ...changes }, 'p')) as Body;

describe('encodeSpan()', () => {
  it('writes a span of the API', () => {
    assert.deepEqual(encode(), {
      name: 'projects/p/traces/463ac35c9f6413ad48485a3953bb6124/spans/a2fb4a1d1a96d312',
      spanId: 'a2fb4a1d1a96d312',
      parentSpanId: '0020000000000001',
      displayName: { value: 'Recv./Get', truncatedByteCount: 0 },
      startTime: '2017-07-14T02:40:00Z',
      endTime: '2017-07-14T02:40:00.03Z',
      attributes: {
        attributeMap: {
          text: { stringValue: { value: 'x', truncatedByteCount: 0 } },
          count: { intValue: '1152921504606846976' },
          flag: { boolValue: true },
          ratio: { stringValue: { value: '1.5', truncatedByteCount: 0 } },
        },
        droppedAttributesCount: 0,
      },
      timeEvents: {
        timeEvent: [
          { time: '2017-07-14T02:40:00Z', messageEvent: { type: 'RECEIVED', id: '0', uncompressedSizeBytes: '128' } },
          { time: '2017-07-14T02:40:00.03Z', messageEvent: { type: 'SENT', id: '1', uncompressedSizeBytes: '0' } },
        ],
      },
      status: { code: 5, message: 'NOT_FOUND' },
      spanKind: 'SERVER',
    });
  });

  it('leaves out what is not there', () => {
    const { parentSpanId, status } = encode({ parentSpanId: undefined, status: undefined });
    assert.deepEqual([parentSpanId, status], [undefined, undefined]);
  });

  it('keeps to what Cloud Trace takes, and says what is missing', () => {
    const tags = Array.from({ length: 40 }, (_, index) => [`tag${index}`, 'é'.repeat(2 ** 20)] as const);
    const { displayName, attributes } = encode({
      name: 'n'.repeat(200),
      attributes: [...tags, ['http.status_code', 200n]],
    });
    assert.deepEqual([displayName.value.length, displayName.truncatedByteCount], [128, 77]);
    assert.equal(Object.keys(attributes.attributeMap as object).length, 32);
    assert.equal(attributes.droppedAttributesCount, 9);
    assert.deepEqual(attributes.attributeMap['/http/status_code'], { intValue: '200' });
    assert.equal(attributes.attributeMap.tag0.stringValue.value, 'é'.repeat(128));
  });

  it('names sides and tags of HTTP as Cloud Trace shows them', () => {
    const names = ['host', 'method', 'path', 'status_code', 'user_agent'];
    const { displayName, attributes } = encode({
      kind: 'CLIENT',
      attributes: [...names, 'url'].map((name) => [`http.${name}`, name] as const),
    });
    assert.equal(displayName.value, 'Sent./Get');
    const labels = Object.keys(attributes.attributeMap as object);
    assert.deepEqual(labels, [...names.map((name) => `/http/${name}`), 'http.url']);
  });

  it('takes a tag of any name', () => {
    const attributes = encode({ attributes: [['__proto__', 'x']] })['attributes'].attributeMap as object;
    assert.deepEqual(Object.keys(attributes), ['__proto__']);
  });
});

describe('hasWritableTimes()', () => {
  it('is false for years that RFC 3339 timestamps of Google do not have', () => {
    const year0 = new Timestamp(-62_167_219_200, 0);
    const year10000 = new Timestamp(253_402_300_800, 0);
    assert.equal(hasWritableTimes(span), true);
    assert.equal(hasWritableTimes({ ...span, start: year0 }), false);
    assert.equal(hasWritableTimes({ ...span, end: year10000 }), false);
  });
});
