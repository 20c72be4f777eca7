import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Duration, type Value } from 'fairlead/sdk';
import { metric } from 'fairlead/templates';
import { sampleInstance } from 'fairlead/testing';
import { isDimensionName, sizeOfDatum, toDatum } from '../../../src/adapters/cloudwatch/datum.js';

const now = Date.UTC(2026, 0, 1);

function instance(value: Value, entries: Readonly<Record<string, Value>> = {}) {
  const dimensions = Object.assign(Object.create(null), entries) as Record<string, Value>;
  return sampleInstance(metric, { name: 'm.instance.default', value, dimensions });
}

describe('toDatum()', () => {
  it('writes value, unit, time and dimensions', () => {
    const labels = { service: 'reviews', code: 200n, took: Duration.fromMillis(1500), ip: Uint8Array.of(10, 0, 0, 7) };
    assert.deepEqual(toDatum(instance(3n, labels), 'Bytes_Second', now), {
      MetricName: 'm.instance.default',
      Dimensions: [
        { Name: 'service', Value: 'reviews' },
        { Name: 'code', Value: '200' },
        { Name: 'took', Value: '1.5s' },
        { Name: 'ip', Value: '10.0.0.7' },
      ],
      Timestamp: new Date(now),
      Value: 3,
      Unit: 'Bytes/Second',
    });
  });

  it('leaves out dimensions that are blank', () => {
    const datum = toDatum(instance(1n, { a: '', b: ' ', c: 'x' }), 'Count', now);
    assert.ok(typeof datum === 'object');
    assert.deepEqual(datum.Dimensions, [{ Name: 'c', Value: 'x' }]);
  });

  it('takes a dimension called __proto__ for one', () => {
    const dimensions = Object.create(null) as Record<string, Value>;
    dimensions['__proto__'] = 'x';
    const datum = toDatum(sampleInstance(metric, { value: 1n, dimensions }), 'Count', now);
    assert.ok(typeof datum === 'object');
    assert.deepEqual(datum.Dimensions, [{ Name: '__proto__', Value: 'x' }]);
  });

  it('says what CloudWatch cannot take', () => {
    const many = Object.fromEntries(Array.from({ length: 31 }, (_, index) => [`d${index}`, 'x']));
    assert.equal(toDatum(instance(NaN), 'None', now), 'value');
    assert.equal(toDatum(instance(1n, many), 'None', now), 'dimensions');
    assert.equal(toDatum(instance(1n, { ':a': 'x' }), 'None', now), 'dimensions');
  });
});

describe('sizeOfDatum()', () => {
  it('is at least what the datum takes in JSON', () => {
    for (const text of ['x', '"'.repeat(500), '\\'.repeat(2000)]) {
      const datum = toDatum(instance(-1.234567890123456e-200, { a: text, b: text }), 'Terabits_Second', now);
      assert.ok(typeof datum === 'object');
      assert.ok(JSON.stringify(datum).length <= sizeOfDatum(datum));
    }
  });
});

describe('isDimensionName()', () => {
  for (const name of ['a', '__proto__', 'x y', 'n'.repeat(255)]) {
    it(`takes ${name.slice(0, 9)}`, () => assert.ok(isDimensionName(name)));
  }
  for (const name of ['', ' ', ':a', 'é', 'a\n', 'n'.repeat(256)]) {
    it(`refuses ${JSON.stringify(name.slice(0, 9))}`, () => assert.ok(!isDimensionName(name)));
  }
});
