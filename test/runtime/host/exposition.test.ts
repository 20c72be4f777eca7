import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { labelText, metricHead, metricName, sampleLine } from '../../../src/runtime/host/exposition.js';

describe('exposition text', () => {
  it('escapes backslashes, quotes and line ends in label values', () => {
    assert.equal(labelText([['a', 'x\\y"z\n']]), 'a="x\\\\y\\"z\\n"');
  });

  it('escapes help texts', () => {
    assert.equal(metricHead('m', 'gauge', 'a\nb\\c'), '# HELP m a\\nb\\\\c\n# TYPE m gauge\n');
  });

  for (const [text, name] of [
    ['cache.hits', 'cache_hits'],
    ['9lives', '_9lives'],
    ['', '_'],
    ['ok_name', 'ok_name'],
  ] as const) {
    it(`makes '${name}' of '${text}'`, () => assert.equal(metricName(text), name));
  }

  for (const [value, text] of [
    [1.5, '1.5'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [NaN, 'NaN'],
  ] as const) {
    it(`writes ${value} as ${text}`, () => assert.equal(sampleLine('m', '', value), `m ${text}\n`));
  }
});
