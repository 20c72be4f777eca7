import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Timestamp } from 'fairlead/sdk';
import type { Span } from 'fairlead/sdk/tracing';
import { toZipkin } from '../../../src/adapters/zipkin/encode.js';

const start = new Timestamp(1_500_000_000, 1_999);
const end = new Timestamp(1_500_000_000, 250_001_999);

const span: Span = {
  traceId: '463ac35c9f6413ad48485a3953bb6124',
  spanId: 'a2fb4a1d1a96d312',
  parentSpanId: '0020000000000001',
  name: '/Get',
  kind: 'SERVER',
  start,
  end,
  attributes: [['http.status_code', 404n]],
  status: { code: 5, message: 'NOT_FOUND' },
  events: [
    { type: 'RECEIVED', time: start, bytes: 9n },
    { type: 'SENT', time: end, bytes: 2n ** 60n },
  ],
  endpoint: { serviceName: 'destsvc', ip: Uint8Array.of(10, 0, 0, 2) },
  peer: { serviceName: 'srcsvc', ip: undefined },
};

test('a span has microseconds, annotations, and its error as a tag', () => {
  assert.deepEqual(JSON.parse(JSON.stringify(toZipkin(span))), {
    traceId: '463ac35c9f6413ad48485a3953bb6124',
    parentId: '0020000000000001',
    id: 'a2fb4a1d1a96d312',
    kind: 'SERVER',
    name: '/Get',
    timestamp: 1_500_000_000_000_001,
    duration: 250_000,
    localEndpoint: { serviceName: 'destsvc', ipv4: '10.0.0.2' },
    annotations: [
      { timestamp: 1_500_000_000_000_001, value: 'Received 9 bytes' },
      { timestamp: 1_500_000_000_250_001, value: 'Sent 1152921504606846976 bytes' },
    ],
    tags: { 'http.status_code': '404', error: 'NOT_FOUND', 'opencensus.status_description': 'NOT_FOUND' },
  });
});

test('a root has no parent, and what went well no error', () => {
  const json = toZipkin({ ...span, parentSpanId: undefined, status: { code: 0, message: 'OK' } });
  assert.ok(!('parentId' in json));
  assert.deepEqual({ ...json.tags }, { 'http.status_code': '404', 'opencensus.status_description': 'OK' });
});

test('without a status there are no tags for it', () => {
  assert.deepEqual({ ...toZipkin({ ...span, attributes: [], status: undefined }).tags }, {});
});

test('the endpoint has a default name and address', () => {
  const { localEndpoint } = toZipkin({ ...span, endpoint: { serviceName: '', ip: undefined } });
  assert.deepEqual(localEndpoint, { serviceName: 'default', ipv4: '0.0.0.0' });
});

test('the other end is told when its address is known', () => {
  const remote = (serviceName: string, ip: Uint8Array) =>
    toZipkin({ ...span, peer: { serviceName, ip } }).remoteEndpoint;
  assert.deepEqual(remote('srcsvc', Uint8Array.of(10, 0, 0, 1)), { serviceName: 'srcsvc', ipv4: '10.0.0.1' });
  assert.deepEqual(remote('', Uint8Array.of(0xfd, ...Array<number>(14).fill(0), 1)), { ipv6: 'fd00::1' });
});

test('addresses of 16 bytes are IPv6 unless they are mapped', () => {
  const mapped = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 2);
  const wide = new Uint8Array(16);
  wide[15] = 1;
  const of = (ip: Uint8Array) => toZipkin({ ...span, endpoint: { serviceName: 'a', ip } }).localEndpoint;
  assert.deepEqual(of(mapped), { serviceName: 'a', ipv4: '10.0.0.2' });
  assert.deepEqual(of(wide), { serviceName: 'a', ipv6: '::1' });
});

test('a short duration is a microsecond, none is left out', () => {
  const of = (nanos: number) => toZipkin({ ...span, end: new Timestamp(1_500_000_000, 1_999 + nanos) }).duration;
  assert.equal(of(1), 1);
  assert.equal(of(999), 1);
  assert.equal(of(1_000), 1);
  assert.equal(of(2_500), 2);
  assert.equal(of(0), undefined);
});

test('times that Zipkin cannot say are left out, never rounded', () => {
  for (const seconds of [-62_135_596_800, 0, 253_402_300_799]) {
    const time = new Timestamp(seconds, 0);
    const events: Span['events'] = [
      { type: 'RECEIVED', time, bytes: 1n },
      { type: 'SENT', time, bytes: 1n },
    ];
    const json = toZipkin({ ...span, start: time, end: time, events });
    assert.ok(!('timestamp' in json) && !('duration' in json));
    assert.deepEqual(json.annotations, []);
  }
});

test('tags may be called __proto__, and no key comes twice', () => {
  const text = JSON.stringify(
    toZipkin({
      ...span,
      attributes: [
        ['__proto__', 'x'],
        ['error', 'mine'],
        ['b', false],
      ],
    }),
  );
  assert.match(text, /"tags":\{"__proto__":"x","error":"NOT_FOUND","b":"false",/);
});

test('half a character does not break the text', () => {
  const text = JSON.stringify(toZipkin({ ...span, attributes: [['a', '\ud83d']] }));
  assert.equal(Buffer.from(text, 'utf8').toString('utf8'), text);
});
