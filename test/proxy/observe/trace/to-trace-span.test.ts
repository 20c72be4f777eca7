import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSampler, toSpan } from 'fairlead/sdk/tracing';
import { tracespan } from 'fairlead/templates';
import type { FieldValues } from '../../../../src/sdk/index.js';
import type { SpanData } from '../../../../src/proxy/observe/trace/span.js';
import { toTraceSpan } from '../../../../src/proxy/observe/trace/to-trace-span.js';

const data: SpanData = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  parentSpanId: undefined,
  kind: 'CLIENT',
  name: 'reviews:9080/*',
  start: 1_600_000_000_000,
  durationMillis: 6.25,
  serviceName: 'a.b',
  localAddress: '10.0.0.2',
  peerAddress: '10.0.0.9',
  status: 503,
  received: 5,
  sent: 178,
  tags: { component: 'proxy', 'http.status_code': '503', error: 'true' },
};

describe('a span as an instance', () => {
  it('has all fields of the template', () => {
    const fields: FieldValues<typeof tracespan.fields> = toTraceSpan(data);
    assert.deepEqual(Object.keys(fields).sort(), Object.keys(tracespan.fields).sort());
  });

  it('is exported with the ids, the time and the outcome that it had', () => {
    const span = toSpan(toTraceSpan(data), createSampler(1));
    assert.ok(typeof span !== 'string');
    assert.deepEqual(
      [span.traceId, span.spanId, span.parentSpanId, span.kind],
      [data.traceId, data.spanId, undefined, 'CLIENT'],
    );
    assert.deepEqual([span.start.seconds, span.start.nanos, span.end.nanos], [1_600_000_000, 0, 6_250_000]);
    assert.equal(span.status?.message, 'UNAVAILABLE');
    assert.equal(span.endpoint.serviceName, 'a.b');
  });

  it('has the addresses of both ends, by its direction', () => {
    const own = Uint8Array.of(10, 0, 0, 2);
    const other = Uint8Array.of(10, 0, 0, 9);
    for (const kind of ['CLIENT', 'SERVER'] as const) {
      const span = toSpan(toTraceSpan({ ...data, kind }), createSampler(1));
      assert.ok(typeof span !== 'string');
      assert.deepEqual(
        [span.endpoint, span.peer],
        [
          { serviceName: 'a.b', ip: own },
          { serviceName: '', ip: other },
        ],
      );
    }
    const { sourceIp, destinationIp } = toTraceSpan({ ...data, localAddress: '', peerAddress: '/run/app.sock' });
    assert.deepEqual([sourceIp, destinationIp], [undefined, undefined]);
  });

  it('has no status when there was no answer', () => {
    const span = toSpan(toTraceSpan({ ...data, kind: 'SERVER', status: undefined }), createSampler(1));
    assert.ok(typeof span !== 'string');
    assert.equal(span.status, undefined);
    assert.equal(span.kind, 'SERVER');
    assert.equal(span.endpoint.serviceName, 'a.b');
  });
});
