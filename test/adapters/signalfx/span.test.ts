import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type SignalfxSpan, toSpan } from '../../../src/adapters/signalfx/span.js';
import { Timestamp, type Value } from '../../../src/sdk/index.js';
import { createSampler } from '../../../src/sdk/tracing/index.js';
import { tracespan } from '../../../src/templates/index.js';
import { sampleInstance } from '../../../src/testing/index.js';

const all = createSampler(1);
const base = {
  traceId: '463AC35C9F6413AD',
  spanId: 'a2fb4a1d1a96d312',
  parentSpanId: '',
  spanName: '/reviews',
  startTime: new Timestamp(1_500_000_000, 1999),
  endTime: new Timestamp(1_500_000_000, 30_000_000),
  clientSpan: false,
  httpStatusCode: 200n,
  spanTags: {},
};
type Values = NonNullable<Parameters<typeof sampleInstance<typeof tracespan>>[1]>;

const make = (values: Values) => toSpan(sampleInstance(tracespan, { ...base, ...values }), all);
const spanOf = (values: Values = {}): SignalfxSpan => {
  const span = make(values);
  assert.ok(typeof span !== 'string');
  return span;
};
const tagsOf = (spanTags: Readonly<Record<string, Value>>) =>
  Object.fromEntries(Object.entries(spanOf({ spanTags }).tags));

describe('toSpan()', () => {
  it('makes a span in the manner of Zipkin', () => {
    const spanTags = {
      'source.name': 'productpage',
      'source.ip': Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, 7),
      'source.labels': new Map([
        ['app', 'productpage'],
        ['empty', ''],
      ]),
      'destination.name': 'reviews',
      'destination.ip': Uint8Array.of(32, 1, 13, 184, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
      'context.reporter.type': 'inbound',
      size: 128n,
      none: '',
    };
    const span = spanOf({ spanTags, parentSpanId: '0020000000000001', clientSpan: true, httpStatusCode: 503n });
    assert.deepEqual(JSON.parse(JSON.stringify(span)), {
      traceId: '463ac35c9f6413ad',
      id: 'a2fb4a1d1a96d312',
      parentId: '0020000000000001',
      name: '/reviews',
      kind: 'CLIENT',
      timestamp: 1_500_000_000_000_001,
      duration: 29_999,
      localEndpoint: { serviceName: 'productpage', ipv4: '10.0.0.7' },
      remoteEndpoint: { serviceName: 'reviews', ipv6: '2001:db8::1' },
      tags: {
        'source.labels.app': 'productpage',
        'source.name': 'productpage',
        'source.ip': '10.0.0.7',
        'destination.name': 'reviews',
        'destination.ip': '2001:db8::1',
        size: '128',
        httpStatusCode: '503',
        error: 'server error',
      },
    });
  });

  it('has no parent and empty endpoints when nothing is known', () => {
    const span = spanOf({ parentSpanId: 'zz', httpStatusCode: 0n });
    assert.equal('parentId' in span, false);
    assert.deepEqual([span.kind, span.localEndpoint, span.remoteEndpoint], ['SERVER', {}, {}]);
    assert.deepEqual(Object.keys(span.tags), []);
  });

  it('makes tags of the query in its name', () => {
    const { name, tags } = spanOf({
      spanName: '/a?b?c=1&c=2&d=x%20y&=z&e',
      spanTags: { d: 'tag' },
      httpStatusCode: 0n,
    });
    assert.equal(name, '/a?b');
    assert.deepEqual({ ...tags }, { c: '1; 2', d: 'tag', e: '' });
  });

  it('takes any name for a name, and bounds what users choose', () => {
    const query = `?__proto__=x&${'q='.repeat(2 ** 19)}`;
    const { name, tags } = spanOf({ spanName: `/${query}`, spanTags: { constructor: 'c', big: 'x'.repeat(2 ** 20) } });
    assert.equal(name, '/');
    assert.equal(new Map(Object.entries(tags)).get('__proto__'), 'x');
    assert.equal(tags['constructor'], 'c');
    assert.equal(tags['big']?.length, 32_768);
    assert.ok(spanOf({ spanName: 'n'.repeat(2 ** 20) }).name.length <= 4096);
  });

  it('keeps labels that are no map out', () => {
    assert.deepEqual(tagsOf({ 'source.labels': 'app=x', 'destination.labels': Uint8Array.of(1, 2, 3, 4) }), {
      httpStatusCode: '200',
    });
  });

  it('says how long it took only when that is known', () => {
    assert.equal('duration' in spanOf({ endTime: base.startTime }), false);
    assert.equal('duration' in spanOf({ endTime: new Timestamp(0, 0) }), false);
    assert.equal(spanOf({ endTime: new Timestamp(1_500_000_000, 1999 + 1) }).duration, 1);
    const { timestamp, duration } = spanOf({ startTime: undefined as never });
    assert.deepEqual([timestamp, duration], [1_500_000_000_030_000, undefined]);
  });

  const skipped: readonly (readonly [values: Values, reason: string])[] = [
    [{ traceId: '' }, 'trace_id'],
    [{ traceId: 'xyz' }, 'trace_id'],
    [{ spanId: '' }, 'span_id'],
    [{ spanId: '0000000000000000' }, 'span_id'],
    [{ startTime: new Timestamp(-62_167_219_200, 0) }, 'time'],
    [{ startTime: new Timestamp(253_402_300_799, 0) }, 'time'],
    [{ startTime: undefined, endTime: undefined }, 'time'],
  ];
  for (const [row, [values, reason]] of skipped.entries()) {
    it(`makes no span of row ${row}, because of its ${reason}`, () => assert.equal(make(values), reason));
  }

  it('keeps traces by their id', () => {
    assert.equal(toSpan(sampleInstance(tracespan, base), createSampler(0)), 'not_sampled');
  });
});
