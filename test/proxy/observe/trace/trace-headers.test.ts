import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Headers } from '../../../../src/proxy/http/headers.js';
import { readKnownHeaders } from '../../../../src/proxy/observe/known-headers.js';
import { readTrace } from '../../../../src/proxy/observe/trace/trace-headers.js';

const trace = '0af7651916cd43dd8448eb211c80319c';
const span = 'b7ad6b7169203331';
const read = (headers: Record<string, string>) => {
  const { traceId, spanId, sampled } = readTrace(readKnownHeaders(new Headers(Object.entries(headers).flat())));
  return { traceId, spanId, sampled };
};
const nothing = { traceId: undefined, spanId: undefined, sampled: undefined };

describe('trace headers', () => {
  it('may all be absent', () => assert.deepEqual(read({}), nothing));

  it('know traces of 64 bits, and upper case', () => {
    assert.deepEqual(read({ 'x-b3-traceid': span.toUpperCase(), 'x-b3-spanid': span }), {
      traceId: span,
      spanId: span,
      sampled: undefined,
    });
  });

  it('take a flag of 1 for a yes', () => {
    assert.equal(read({ 'x-b3-flags': '1', 'x-b3-sampled': '0' }).sampled, true);
  });

  it('may say no more than the decision', () => {
    assert.deepEqual(read({ 'x-b3-sampled': '0' }), { ...nothing, sampled: false });
    assert.deepEqual(read({ b3: '0' }), { ...nothing, sampled: false });
    assert.deepEqual(read({ b3: 'd' }), { ...nothing, sampled: true });
  });

  it('prefer B3 over traceparent', () => {
    const headers = { traceparent: `00-${trace}-${span}-01`, 'x-b3-traceid': span, 'x-b3-spanid': span };
    assert.equal(read(headers).traceId, span);
  });

  for (const [name, headers] of Object.entries({
    'a trace without a span': { 'x-b3-traceid': trace },
    'ids of zeros': { 'x-b3-traceid': '0'.repeat(32), 'x-b3-spanid': span },
    'ids of other letters': { 'x-b3-traceid': `${trace.slice(1)}g`, 'x-b3-spanid': span },
    'ids of other lengths': { 'x-b3-traceid': trace, 'x-b3-spanid': `${span}00` },
    'a torn b3': { b3: `${trace}-` },
    'an empty b3': { b3: '' },
    'version ff': { traceparent: `ff-${trace}-${span}-01` },
    'more fields than version 00 has': { traceparent: `00-${trace}-${span}-01-x` },
    'upper case in traceparent': { traceparent: `00-${trace.toUpperCase()}-${span}-01` },
    'a span of zeros': { traceparent: `00-${trace}-${'0'.repeat(16)}-01` },
    'a short traceparent': { traceparent: `00-${trace}-${span}` },
  })) {
    it(`ignore ${name}`, () => assert.deepEqual(read(headers), nothing));
  }

  it('know later versions of traceparent', () => {
    assert.equal(read({ traceparent: `01-${trace}-${span}-03-more` }).sampled, true);
  });
});
