import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Duration, Timestamp } from 'fairlead/sdk';
import { type Collector, startGrpcCollector, startHttpCollector } from '../adapters/otlp/collector.js';
import type { Plain, Signal } from '../adapters/otlp/decode.js';
import { build, type Built } from '../adapters/otlp/setup.js';

type Types = Parameters<typeof build>[1];

const start = '1767225600000000000';

for (const protocol of ['HTTP_PROTOBUF', 'HTTP_JSON', 'GRPC'] as const) {
  for (const compression of ['NONE', 'GZIP'] as const) {
    const by = `${protocol}${compression === 'GZIP' ? ', compressed,' : ''}`;
    const params = `protocol: ${protocol}\ncompression: ${compression}`;

    test(`a span arrives by ${by} field by field`, () =>
      withCollector(protocol, params, {}, async (collector, { trace, close }) => {
        trace();
        trace({ clientSpan: true, parentSpanId: '', httpStatusCode: 0n, spanTags: {}, sourceName: '' });
        await close();
        const [first, second] = only(collector, 'traces')['resourceSpans'] as [Plain, Plain];
        assert.deepEqual(first, {
          resource: { attributes: [text('team', 'mesh'), text('service.name', 'destsvc')] },
          scopeSpans: [{ scope: { name: 'fairlead' }, spans: [serverSpan] }],
        });
        assert.deepEqual(second['resource'], { attributes: [text('team', 'mesh'), text('service.name', 'fairlead')] });
        const client = (second['scopeSpans'] as Plain[])[0]!['spans'] as readonly Plain[];
        assert.equal(client[0]!['kind'], 3);
        assert.ok(!('parentSpanId' in client[0]!) && !('status' in client[0]!));
      }));

    test(`a log entry arrives by ${by} field by field`, () =>
      withCollector(protocol, `${params}\n${logs}`, {}, async (collector, { log, close }) => {
        const timestamp = new Timestamp(1_700_000_000, 123_456_789);
        log('access.instance.a', logVariables, { severity: 'odd', timestamp });
        log('other.instance.a', {}, { severity: 'Warning', timestamp });
        await close();
        const [resource] = only(collector, 'logs')['resourceLogs'] as [Plain];
        const [first, second] = (resource['scopeLogs'] as [Plain])[0]['logRecords'] as [Plain, Plain];
        assert.deepEqual(first, logRecord);
        assert.deepEqual(second, {
          timeUnixNano: '1700000000123456789',
          observedTimeUnixNano: start,
          severityNumber: 13,
          severityText: 'Warning',
          eventName: 'other.instance.a',
        });
      }));

    test(`metrics arrive by ${by} field by field`, () =>
      withCollector(protocol, `${params}\n${metrics}`, metricTypes, async (collector, { env, count, close }) => {
        count('requests', 2n ** 53n, { code: 200n, path: '/a' });
        count('requests', 1n, { code: 200n, path: '/a' });
        count('requests', 1n, { code: '200', path: '/a' });
        count('load', NaN);
        count('duration', Duration.fromMillis(100));
        count('duration', Duration.fromMillis(2500));
        count('plain.instance.a', 0.5);
        await env.clock.advance(1000);
        await close();
        const [resource] = only(collector, 'metrics')['resourceMetrics'] as [Plain];
        const { attributes } = resource['resource'] as { readonly attributes: readonly Plain[] };
        assert.deepEqual(attributes[0], text('service.name', 'fairlead'));
        assert.equal(attributes[1]!['key'], 'service.instance.id');
        assert.deepEqual(attributes[2], text('team', 'mesh'));
        const scope = (resource['scopeMetrics'] as [Plain])[0];
        assert.deepEqual(scope['metrics'], [
          counter(),
          {
            name: 'load',
            gauge: { dataPoints: [{ timeUnixNano: later, asDouble: 'NaN' }] },
          },
          histogram,
          {
            name: 'plain.instance.a',
            sum: {
              dataPoints: [{ startTimeUnixNano: start, timeUnixNano: later, asDouble: 0.5 }],
              aggregationTemporality: 2,
              isMonotonic: true,
            },
          },
        ]);
      }));
  }
}

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
const later = '1767225601000000000';

const serverSpan = {
  traceId: '463ac35c9f6413ad48485a3953bb6124',
  spanId: 'a2fb4a1d1a96d312',
  parentSpanId: '0020000000000001',
  name: '/Get',
  kind: 2,
  startTimeUnixNano: '1700000000123456789',
  endTimeUnixNano: '1700000001000000001',
  attributes: [
    text('text', 'é\u{1f600}'),
    { key: 'count', value: { intValue: '9007199254740993' } },
    { key: 'ratio', value: { doubleValue: 2 } },
    { key: 'flag', value: { boolValue: false } },
    text('elapsed', '3ms'),
    { key: 'labels', value: { kvlistValue: { values: [text('__proto__', 'x'), text('v', '1')] } } },
    { key: 'http.status_code', value: { intValue: '404' } },
    text('network.local.address', '10.0.0.7'),
    text('network.peer.address', '10.0.0.7'),
  ],
  events: [
    event('1700000000123456789', 'RECEIVED', '1152921504606846977'),
    event('1700000001000000001', 'SENT', '512'),
  ],
  status: { message: 'NOT_FOUND', code: 2 },
};

const logs = `
logs:
  access.instance.a:
    body: '{{.method}} {{.size}}'
    severity_levels: { odd: FATAL }
    trace_id: trace
    span_id: span`;

const logVariables = {
  method: 'GET',
  size: 2n ** 62n,
  trace: '463ac35c9f6413ad48485a3953bb6124',
  span: 'a2fb4a1d1a96d312',
  nan: -Infinity,
};

const logRecord = {
  timeUnixNano: '1700000000123456789',
  observedTimeUnixNano: start,
  severityNumber: 21,
  severityText: 'odd',
  body: { stringValue: 'GET 4611686018427387904' },
  attributes: [
    text('method', 'GET'),
    { key: 'size', value: { intValue: '4611686018427387904' } },
    text('trace', '463ac35c9f6413ad48485a3953bb6124'),
    text('span', 'a2fb4a1d1a96d312'),
    { key: 'nan', value: { doubleValue: '-Infinity' } },
  ],
  traceId: '463ac35c9f6413ad48485a3953bb6124',
  spanId: 'a2fb4a1d1a96d312',
  eventName: 'access.instance.a',
};

const metrics = `
metrics:
  requests: { name: http.requests, unit: "{request}", description: All requests., kind: COUNTER }
  load: { kind: GAUGE }
  duration: { buckets: { explicit_buckets: { bounds: [0.1, 1] } } }`;

const metricTypes: Types = {
  requests: ['INT64', 'code', 'path'],
  load: ['DOUBLE'],
  duration: ['DURATION'],
  'plain.instance.a': ['DOUBLE'],
};

function counter(): Plain {
  const point = (code: Plain, asInt: string) => ({
    startTimeUnixNano: start,
    timeUnixNano: later,
    attributes: [{ key: 'code', value: code }, text('path', '/a')],
    asInt,
  });
  return {
    name: 'http.requests',
    description: 'All requests.',
    unit: '{request}',
    sum: {
      dataPoints: [point({ intValue: '200' }, '9007199254740993'), point({ stringValue: '200' }, '1')],
      aggregationTemporality: 2,
      isMonotonic: true,
    },
  };
}

const histogram = {
  name: 'duration',
  unit: 's',
  histogram: {
    dataPoints: [
      {
        startTimeUnixNano: start,
        timeUnixNano: later,
        count: '2',
        sum: 2.6,
        bucketCounts: ['1', '0', '1'],
        explicitBounds: [0.1, 1],
        min: 0.1,
        max: 2.5,
      },
    ],
    aggregationTemporality: 2,
  },
};

function event(timeUnixNano: string, type: string, intValue: string): Plain {
  return {
    timeUnixNano,
    name: 'message',
    attributes: [text('message.type', type), { key: 'message.uncompressed_size', value: { intValue } }],
  };
}

function only(collector: Collector, signal: Signal): Plain {
  assert.deepEqual(
    collector.received.map((received) => received.signal),
    [signal],
  );
  const [{ request, headers }] = collector.received as [Collector['received'][number]];
  assert.equal(headers['x-token'], 's3cret');
  return request;
}

async function withCollector(
  protocol: string,
  params: string,
  types: Types,
  run: (collector: Collector, built: Built) => Promise<void>,
): Promise<void> {
  const collector = await (protocol === 'GRPC' ? startGrpcCollector() : startHttpCollector());
  try {
    const common = `endpoint: ${collector.endpoint}\nheaders: { x-token: s3cret }\nresource_attributes: { team: mesh }`;
    await run(collector, await build(`${common}\n${params}`, types));
  } finally {
    await collector.stop();
  }
}
