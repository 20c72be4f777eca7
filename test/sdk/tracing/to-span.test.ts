import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Duration, Timestamp, type Value } from '../../../src/sdk/index.js';
import { attributeText, createSampler, type Span, type SpanInput, toSpan } from '../../../src/sdk/tracing/index.js';

const all = createSampler(1);
const start = new Timestamp(1_500_000_000, 1_000);
const end = new Timestamp(1_500_000_001, 0);

const server: SpanInput = {
  traceId: '48485a3953bb6124',
  spanId: 'a2fb4a1d1a96d312',
  parentSpanId: '20000000000001',
  spanName: '/Login',
  startTime: start,
  endTime: end,
  spanTags: {},
  sourceName: 'srcsvc',
  sourceIp: Uint8Array.of(10, 0, 0, 1),
  destinationName: 'destsvc',
  destinationIp: Uint8Array.of(10, 0, 0, 2),
  requestTotalSize: 128n,
  responseTotalSize: 512n,
};

function spanOf(input: Partial<SpanInput>): Span {
  const span = toSpan({ ...server, ...input }, all);
  assert.ok(typeof span !== 'string', 'not skipped');
  return span;
}

function tags(entries: readonly (readonly [string, Value | undefined])[]): SpanInput['spanTags'] {
  const map = Object.create(null) as Record<string, Value | undefined>;
  for (const [name, value] of entries) map[name] = value;
  return map;
}

test('a server span is measured by its destination', () => {
  assert.deepEqual(spanOf({}), {
    traceId: '000000000000000048485a3953bb6124',
    spanId: 'a2fb4a1d1a96d312',
    parentSpanId: '0020000000000001',
    name: '/Login',
    kind: 'SERVER',
    start,
    end,
    attributes: [],
    status: undefined,
    events: [
      { type: 'RECEIVED', time: start, bytes: 128n },
      { type: 'SENT', time: end, bytes: 512n },
    ],
    endpoint: { serviceName: 'destsvc', ip: Uint8Array.of(10, 0, 0, 2) },
    peer: { serviceName: 'srcsvc', ip: Uint8Array.of(10, 0, 0, 1) },
  });
});

test('a client span is measured by its source, and sends before it receives', () => {
  const { kind, endpoint, events } = spanOf({ clientSpan: true });
  assert.equal(kind, 'CLIENT');
  assert.deepEqual(endpoint, { serviceName: 'srcsvc', ip: Uint8Array.of(10, 0, 0, 1) });
  assert.deepEqual(
    events.map(({ type, bytes }) => [type, bytes]),
    [
      ['SENT', 128n],
      ['RECEIVED', 512n],
    ],
  );
});

test('a span knows its other end, but not by an address of zeros', () => {
  const peer = { serviceName: 'destsvc', ip: Uint8Array.of(10, 0, 0, 2) };
  assert.deepEqual(spanOf({ clientSpan: true }).peer, peer);
  assert.deepEqual(spanOf({ clientSpan: true, destinationIp: new Uint8Array(4) }).peer, { ...peer, ip: undefined });
});

test('rewriting gives a client span another id and a server span that id as its parent', () => {
  const client = spanOf({ clientSpan: true, rewriteClientSpanId: true });
  assert.equal(client.spanId, '9d9164ded28611b9');
  assert.equal(client.parentSpanId, '0020000000000001');
  const rewritten = spanOf({ rewriteClientSpanId: true });
  assert.equal(rewritten.spanId, 'a2fb4a1d1a96d312');
  assert.equal(rewritten.parentSpanId, '9d9164ded28611b9');
});

test('rewriting never makes an id of zeros', () => {
  const input = { ...server, spanId: '3f6a2ec3c810c2ab', rewriteClientSpanId: true };
  assert.equal(toSpan({ ...input, clientSpan: true }, all), 'span_id');
  assert.equal(spanOf(input).parentSpanId, undefined);
});

test('spans without a trace id, a span id or a time are skipped, and say why', () => {
  assert.equal(toSpan({ ...server, traceId: '' }, all), 'trace_id');
  assert.equal(toSpan({ ...server, traceId: 'xyz0' }, all), 'trace_id');
  assert.equal(toSpan({ ...server, spanId: undefined }, all), 'span_id');
  assert.equal(toSpan({ ...server, startTime: undefined, endTime: undefined }, all), 'time');
  assert.equal(toSpan(server, createSampler(0)), 'not_sampled');
});

test('a parent that is none is left out', () => {
  for (const parentSpanId of [undefined, '', 'zz', '0000000000000000']) {
    assert.equal(spanOf({ parentSpanId }).parentSpanId, undefined);
  }
});

test('no span ends before it starts', () => {
  assert.equal(spanOf({ endTime: new Timestamp(1, 0) }).end, start);
  assert.equal(spanOf({ endTime: undefined }).end, start);
  assert.equal(spanOf({ startTime: undefined }).start, end);
});

test('without names, addresses and sizes there are none', () => {
  const bare = toSpan({ traceId: '01', spanId: '02', startTime: start, spanTags: {} }, all);
  assert.ok(typeof bare !== 'string');
  assert.equal(bare.name, '');
  assert.deepEqual(bare.endpoint, { serviceName: '', ip: undefined });
  assert.deepEqual(
    bare.events.map(({ bytes }) => bytes),
    [0n, 0n],
  );
  assert.equal(spanOf({ destinationIp: Uint8Array.of(1, 2, 3) }).endpoint.ip, undefined);
});

test('tags keep their types, and the HTTP status is one of them', () => {
  const { attributes, status } = spanOf({
    spanTags: tags([
      ['s', 'text'],
      ['i', 2n ** 62n],
      ['d', 1.5],
      ['http.status_code', 'mine'],
      ['absent', undefined],
    ]),
    httpStatusCode: 404n,
  });
  assert.deepEqual(attributes, [
    ['s', 'text'],
    ['i', 2n ** 62n],
    ['d', 1.5],
    ['http.status_code', 404n],
  ]);
  assert.deepEqual(status, { code: 5, message: 'NOT_FOUND' });
});

test('a tag named like the HTTP status stays when there is no status', () => {
  const spanTags = tags([['http.status_code', 'mine']]);
  assert.deepEqual(spanOf({ spanTags, httpStatusCode: 0n }).attributes, [['http.status_code', 'mine']]);
});

test('tags may be called what they like', () => {
  const { attributes } = spanOf({
    spanTags: tags([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]),
  });
  assert.deepEqual(attributes, [
    ['__proto__', 'a'],
    ['constructor', 'b'],
  ]);
});

test('a megabyte is cut, and no character in two', () => {
  const { attributes, name } = spanOf({
    spanTags: tags([['big', `x${'\u{1f600}'.repeat(2 ** 19)}`]]),
    spanName: 'n'.repeat(2 ** 20),
  });
  const text = attributes[0]![1] as string;
  assert.equal(text.length, 32_767);
  assert.equal(Buffer.from(text).toString(), text);
  assert.equal(name.length, 32_768);
});

test('values have a text', () => {
  const rows: readonly (readonly [Value, string])[] = [
    ['a', 'a'],
    [-5n, '-5'],
    [1e21, '1000000000000000000000'],
    [false, 'false'],
    [Duration.fromMillis(3), '3ms'],
    [Uint8Array.of(10, 0, 0, 1), '10.0.0.1'],
    [new Map([['k', 'v']]), 'k=v'],
    [new Timestamp(0, 0), '1970-01-01T00:00:00.000000Z'],
  ];
  for (const [value, text] of rows) assert.equal(attributeText(value), text);
  assert.equal(attributeText(new Map([['k', 'v'.repeat(2 ** 20)]])).length, 32_768);
});
