import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatBound, formatSample, LabelWriter, writeHeader } from '../../../src/adapters/prometheus/exposition.js';

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

describe('writeHeader()', () => {
  it('escapes the help text', () => {
    const definition = { fullName: 'm', help: 'a\\b\n"c"', kind: 'DISTRIBUTION' } as never;
    assert.equal(writeHeader(definition), '# HELP m a\\\\b\\n"c"\n# TYPE m histogram\n');
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
