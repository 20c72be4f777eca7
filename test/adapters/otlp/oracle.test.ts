import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  JsonTraceSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer';
import { Timestamp } from 'fairlead/sdk';
import type { Span } from 'fairlead/sdk/tracing';
import { writeResource, writeScope } from '../../../src/adapters/otlp/attributes.js';
import { createJson } from '../../../src/adapters/otlp/json.js';
import { type MetricPart, writeMetric } from '../../../src/adapters/otlp/metric-message.js';
import { createProtobuf } from '../../../src/adapters/otlp/protobuf.js';
import { createSeries, record } from '../../../src/adapters/otlp/series.js';
import type { Signal } from '../../../src/adapters/otlp/signal.js';
import type { Chunk, Encoding, Write } from '../../../src/adapters/otlp/sink.js';
import { writeSpan } from '../../../src/adapters/otlp/span-message.js';
import { decodeJson, decodeProtobuf, type Plain } from './decode.js';

// OpenTelemetry's own encoder says the same of what it can say at all: an independent reading of the numbers of fields.

const seconds = 1_700_000_000;
const resource = { attributes: { 'service.name': 'a' } };
const scope = { name: 'fairlead' };

const span: Span = {
  traceId: '463ac35c9f6413ad48485a3953bb6124',
  spanId: 'a2fb4a1d1a96d312',
  parentSpanId: '0020000000000001',
  name: '/é',
  kind: 'CLIENT',
  start: new Timestamp(seconds, 1),
  end: new Timestamp(seconds + 1, 999_999_999),
  attributes: [
    ['text', 'x'.repeat(300)],
    ['count', 2n ** 40n],
    ['negative', -5n],
    ['ratio', 0.1],
    ['flag', true],
  ],
  status: { code: 5, message: 'NOT_FOUND' },
  events: [
    { type: 'SENT', time: new Timestamp(seconds, 1), bytes: 1n },
    { type: 'RECEIVED', time: new Timestamp(seconds + 1, 999_999_999), bytes: 2n },
  ],
  endpoint: { serviceName: 'a', ip: undefined },
  peer: { serviceName: 'b', ip: undefined },
};

const theirSpan = {
  name: span.name,
  kind: 2,
  spanContext: () => ({ traceId: span.traceId, spanId: span.spanId, traceFlags: 0 }),
  parentSpanContext: { traceId: span.traceId, spanId: span.parentSpanId, traceFlags: 0 },
  startTime: [seconds, 1],
  endTime: [seconds + 1, 999_999_999],
  status: { code: 2, message: 'NOT_FOUND' },
  attributes: Object.fromEntries(
    span.attributes.map(([key, value]) => [key, typeof value === 'bigint' ? Number(value) : value]),
  ),
  links: [],
  events: span.events.map(({ type, bytes }, index) => ({
    name: 'message',
    time: index === 0 ? [seconds, 1] : [seconds + 1, 999_999_999],
    attributes: { 'message.type': type, 'message.uncompressed_size': Number(bytes) },
  })),
  duration: [1, 0],
  ended: true,
  resource,
  instrumentationScope: scope,
  droppedAttributesCount: 0,
  droppedEventsCount: 0,
  droppedLinksCount: 0,
} as unknown as Parameters<typeof ProtobufTraceSerializer.serializeRequest>[0][number];

function ours<T>(encoding: Encoding, signal: Signal, write: Write<T>, item: T): Chunk {
  return encoding.join(signal, {
    scope: encoding.encode(writeScope, scope.name),
    groups: [
      { resource: encoding.encode(writeResource, [['service.name', 'a']]), items: [encoding.encode(write, item)] },
    ],
  });
}

/** Without what the other encoder always writes: zeros, flags, and what it writes as `null` or empty. */
function essence(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(essence);
  if (typeof value !== 'object' || value === null) return typeof value === 'number' ? String(value) : value;
  const kept = Object.entries(value as Plain).filter(
    ([key, inner]) => !/^dropped|^flags$|^schemaUrl$|^version$/.test(key) && inner !== null && inner !== '',
  );
  return Object.fromEntries(kept.map(([key, inner]) => [key, essence(inner)]));
}

test('spans in protobuf are those that OpenTelemetry writes', () => {
  const theirs = decodeProtobuf('traces', ProtobufTraceSerializer.serializeRequest([theirSpan])!);
  const mine = decodeProtobuf('traces', ours(createProtobuf(), 'traces', writeSpan, span) as Uint8Array);
  assert.deepEqual(essence(mine), essence(theirs));
});

test('spans in JSON are those that OpenTelemetry writes', () => {
  const theirs = decodeJson(Buffer.from(JsonTraceSerializer.serializeRequest([theirSpan])!).toString('utf8'));
  const mine = decodeJson(ours(createJson(), 'traces', writeSpan, span) as string);
  assert.deepEqual(essence(mine), essence(theirs));
});

for (const [kind, dataPointType, type] of [
  ['COUNTER', 3, 'sum'],
  ['GAUGE', 2, 'gauge'],
  ['DISTRIBUTION', 0, 'histogram'],
] as const) {
  test(`a ${kind} is the ${type} that OpenTelemetry writes`, () => {
    const bounds = kind === 'DISTRIBUTION' ? [0.5, 5] : [];
    const definition = { name: 'm', description: 'd', unit: 's', kind, bounds, dimensions: ['k'] };
    const series = createSeries(definition, [['k', 'v']]);
    record(definition, series, 1.5);
    record(definition, series, 2.5);
    const part: MetricPart = {
      definition,
      series: [series],
      start: new Timestamp(seconds, 0),
      time: new Timestamp(seconds + 60, 7),
    };
    const value = kind === 'COUNTER' ? 4 : 2.5;
    const histogram = { count: 2, sum: 4, min: 1.5, max: 2.5, buckets: { boundaries: bounds, counts: [0, 2, 0] } };
    const theirs = {
      resource,
      scopeMetrics: [
        {
          scope,
          metrics: [
            {
              descriptor: { name: 'm', description: 'd', unit: 's', valueType: 1 },
              aggregationTemporality: 1,
              dataPointType,
              isMonotonic: true,
              dataPoints: [
                {
                  attributes: { k: 'v' },
                  startTime: [seconds, 0],
                  endTime: [seconds + 60, 7],
                  value: kind === 'DISTRIBUTION' ? histogram : value,
                },
              ],
            },
          ],
        },
      ],
    } as unknown as Parameters<typeof ProtobufMetricsSerializer.serializeRequest>[0];
    const want = decodeProtobuf('metrics', ProtobufMetricsSerializer.serializeRequest(theirs)!);
    const mine = decodeProtobuf('metrics', ours(createProtobuf(), 'metrics', writeMetric, part) as Uint8Array);
    const withoutStart = (text: string) => (kind === 'GAUGE' ? text.replace(/"startTimeUnixNano":"\d+",/g, '') : text);
    assert.deepEqual(
      JSON.parse(JSON.stringify(essence(mine))),
      JSON.parse(withoutStart(JSON.stringify(essence(want)))),
    );
  });
}
