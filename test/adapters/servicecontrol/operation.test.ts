import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Duration, Timestamp } from 'fairlead/sdk';
import { servicecontrolreport } from 'fairlead/templates';
import { sampleInstance } from 'fairlead/testing';
import { ExponentialBuckets } from '../../../src/adapters/servicecontrol/distribution.js';
import { encodeOperation } from '../../../src/adapters/servicecontrol/operation.js';
import type { Body } from './google-server.js';

const time = (text: string): Timestamp => Timestamp.parse(text)!;
const full = {
  ...{ apiVersion: 'v1', apiOperation: 'echo.foo.bar', apiProtocol: 'gRPC', apiService: 'echo.example.com' },
  ...{ apiKey: 'key-1', requestMethod: 'POST', requestPath: '/blah', requestBytes: 10n, responseBytes: 100n },
  requestTime: time('2017-11-01T17:00:00Z'),
  responseTime: time('2017-11-01T17:00:01.5Z'),
  responseCode: 200n,
  responseLatency: Duration.fromSeconds(1),
};
const context = { now: Date.UTC(2026, 0, 1), project: '123' };
const encode = (values: Partial<Record<keyof typeof full, unknown>> = {}): Body =>
  JSON.parse(encodeOperation(sampleInstance(servicecontrolreport, { ...full, ...values } as never), context)) as Body;

describe('encodeOperation()', () => {
  it('says what was asked and answered, when, and by whom', () => {
    const { operationId, labels, metricValueSets, logEntries, ...rest } = encode();
    assert.match(operationId, /^[0-9a-f-]{36}$/);
    assert.deepEqual(rest, {
      operationName: 'echo.foo.bar',
      consumerId: 'api_key:key-1',
      startTime: '2017-11-01T17:00:00Z',
      endTime: '2017-11-01T17:00:01.5Z',
    });
    assert.deepEqual(labels, {
      '/credential_id': 'apiKey:key-1',
      '/protocol': 'gRPC',
      '/response_code': '200',
      '/response_code_class': '2xx',
      '/status_code': '0',
      'cloud.googleapis.com/location': 'global',
      'serviceruntime.googleapis.com/api_method': 'echo.foo.bar',
      'serviceruntime.googleapis.com/api_version': 'v1',
      'serviceruntime.googleapis.com/consumer_project': '123',
    });
    assert.deepEqual(
      (metricValueSets as Body[]).map(({ metricName }) =>
        String(metricName).replace('serviceruntime.googleapis.com/api/', ''),
      ),
      [
        ...['producer/request_count', 'producer/backend_latencies', 'producer/request_sizes'],
        ...['producer/by_consumer/request_count', 'consumer/request_count', 'consumer/backend_latencies'],
      ],
    );
    assert.deepEqual(metricValueSets[0].metricValues, [
      { startTime: '2017-11-01T17:00:00Z', endTime: '2017-11-01T17:00:01.5Z', int64Value: '1' },
    ]);
    assert.deepEqual(logEntries, [
      {
        name: 'endpoints_log',
        timestamp: '2017-11-01T17:00:00Z',
        severity: 'INFO',
        structPayload: {
          api_name: 'echo.example.com',
          api_operation: 'echo.foo.bar',
          api_key: 'key-1',
          http_method: 'POST',
          http_response_code: 200,
          request_size_in_bytes: 10,
          request_latency_in_ms: 1000,
          timestamp: '2017-11-01T17:00:00Z',
          location: 'global',
          log_message: 'Method:echo.foo.bar',
        },
      },
    ]);
  });

  it('marks failures', () => {
    for (const [responseCode, type, status, cause] of [
      [399n, undefined, '2', undefined],
      [403n, '4xx', '7', 'auth'],
      [500n, '5xx', '13', 'application'],
    ] as const) {
      const { labels, logEntries } = encode({ responseCode });
      assert.equal(labels['/error_type'], type);
      assert.equal(labels['/status_code'], status);
      assert.equal(logEntries[0].severity, cause === undefined ? 'INFO' : 'ERROR');
      assert.equal(logEntries[0].structPayload.error_cause, cause);
    }
  });

  it('tells Google about no consumer when there is no key', () => {
    const { consumerId, labels, metricValueSets, logEntries } = encode({ apiKey: '' });
    assert.equal(consumerId, undefined);
    assert.equal(labels['/credential_id'], undefined);
    assert.equal(logEntries[0].structPayload.api_key, undefined);
    assert.equal(metricValueSets.length, 3);
  });

  it('does with what there is, and never ends before it starts', () => {
    const nothing = Object.fromEntries(Object.keys(full).map((name) => [name, undefined]));
    const { startTime, endTime, labels } = encode(nothing);
    assert.deepEqual(
      [startTime, endTime, labels['/response_code']],
      ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', '0'],
    );
    assert.equal(encode({ responseTime: time('2001-01-01T00:00:00Z') })['endTime'], '2017-11-01T17:00:00Z');
  });
});

describe('ExponentialBuckets', () => {
  const indexOf = (buckets: ExponentialBuckets, value: number): number =>
    (buckets.distributionOf(value) as { bucketCounts: string[] }).bucketCounts.indexOf('1');

  it('puts a value into the bucket whose lower bound it reaches', () => {
    const sizes = new ExponentialBuckets(8, 10, 1);
    const rows = [
      ...([
        [-1, 0],
        [0, 0],
        [0.5, 0],
        [1, 1],
        [9, 1],
        [10, 2],
        [99_999_999, 8],
        [1e8, 9],
        [1e30, 9],
      ] as const),
    ];
    for (const [value, index] of rows) assert.equal(indexOf(sizes, value), index, `${value}`);
    const latencies = new ExponentialBuckets(29, 2, 1e-6);
    assert.deepEqual(
      [0, 1e-6, 1, 1e9].map((value) => indexOf(latencies, value)),
      [0, 1, 20, 30],
    );
  });
});
