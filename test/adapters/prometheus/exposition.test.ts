import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  faceOf,
  formatBound,
  formatExemplar,
  formatSample,
  LabelWriter,
  writeHeader,
} from '../../../src/adapters/prometheus/exposition.js';

const bounds: readonly (readonly [number, string])[] = [
  [0, '0'],
  [1, '1'],
  [0.005, '0.005'],
  [100000, '100000'],
  [1e6, '1e+06'],
  [1234567.5, '1.2345675e+06'],
  [1e100, '1e+100'],
  [0.0001, '0.0001'],
  [0.00001, '1e-05'],
  [-2.5e7, '-2.5e+07'],
  [Infinity, '+Inf'],
];

describe('formatBound()', () => {
  for (const [bound, want] of bounds) it(`writes ${want}`, () => assert.equal(formatBound(bound), want));
});

describe('formatSample()', () => {
  it('writes what Prometheus reads', () => {
    assert.equal(formatSample('m', '', 1e21), 'm 1e+21\n');
    assert.equal(formatSample('m', 'a="b"', NaN), 'm{a="b"} NaN\n');
    assert.equal(formatSample('m', '', -Infinity), 'm -Inf\n');
  });
});

describe('formatExemplar()', () => {
  it('writes label, value and seconds', () => {
    const exemplar = { label: 'trace_id', text: 'a"b', value: 0.25, at: Date.UTC(2026, 0, 1) + 7 };
    assert.equal(formatExemplar(exemplar), ' # {trace_id="a\\"b"} 0.25 1767225600.007');
  });
});

describe('faceOf()', () => {
  const none = new Set<string>();
  const counter = (fullName: string) => ({ fullName, kind: 'COUNTER' }) as const;

  it('leaves names alone in text', () => {
    assert.deepEqual(faceOf(counter('m_total'), 'text', none), { name: 'm_total', type: 'counter' });
  });
  it('takes _total off the name of a counter in OpenMetrics', () => {
    assert.deepEqual(faceOf(counter('m_total'), 'openmetrics', none), { name: 'm', type: 'counter' });
    const gauge = { fullName: 'm_total', kind: 'GAUGE' } as const;
    assert.deepEqual(faceOf(gauge, 'openmetrics', none), { name: 'm_total', type: 'gauge' });
  });
  it('gives no type to a counter that OpenMetrics would call otherwise', () => {
    assert.deepEqual(faceOf(counter('m'), 'openmetrics', none), { name: 'm', type: 'unknown' });
    const taken = new Set(['m', 'm_total']);
    assert.deepEqual(faceOf(counter('m_total'), 'openmetrics', taken), { name: 'm_total', type: 'unknown' });
  });
});

describe('writeHeader()', () => {
  const face = { name: 'm', type: 'histogram' };

  it('escapes the help text as each format wants it', () => {
    const help = 'a\\b\n"c"';
    assert.equal(writeHeader(face, help, 'text'), '# HELP m a\\\\b\\n"c"\n# TYPE m histogram\n');
    assert.equal(writeHeader(face, help, 'openmetrics'), '# HELP m a\\\\b\\n\\"c\\"\n# TYPE m histogram\n');
  });
});

describe('LabelWriter', () => {
  it('writes each set for itself', () => {
    const writer = new LabelWriter(['a', 'b']);
    assert.equal(writer.write(['x', '']), 'a="x",b=""');
    assert.equal(writer.write(['x', '"']), 'a="x",b="\\""');
    assert.equal(writer.write(['', '"']), 'a="",b="\\""');
  });
});
