import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Duration, Timestamp, type Value, type ValueType } from 'fairlead/sdk';
import type { MetricInfo } from '../../../src/adapters/stackdriver/config.js';
import { measureOf } from '../../../src/adapters/stackdriver/measure.js';

const info = (value: MetricInfo['value'], bounds: readonly number[] = [1, 2]): MetricInfo => ({
  kind: 'GAUGE',
  value,
  metricType: '',
  buckets: { explicitBuckets: { bounds }, linearBuckets: undefined, exponentialBuckets: undefined },
});
const year0 = new Timestamp(-62_167_219_200, 1000);

/** What values of one series come to. */
function total(type: MetricInfo['value'], values: readonly (Value | undefined)[], inferred?: ValueType): unknown {
  const measure = measureOf(info(type), inferred);
  let state: unknown;
  for (const value of values) state = measure.add(state, measure.read(value));
  return measure.toJson(state);
}

describe('measureOf()', () => {
  it('adds integers up, beyond 2^53 and never beyond 64 bits', () => {
    assert.deepEqual(total('INT64', [2n ** 60n, 1n]), { int64Value: '1152921504606846977' });
    assert.deepEqual(total('INT64', [2n ** 63n - 1n, 5n]), { int64Value: '9223372036854775807' });
    assert.deepEqual(total('INT64', [-(2n ** 63n), -5n]), { int64Value: '-9223372036854775808' });
    assert.deepEqual(total('INT64', [2.9, -1.5]), { int64Value: '1' });
    assert.deepEqual(total('INT64', [1e300]), { int64Value: '9223372036854775807' });
  });

  it('has durations and timestamps in microseconds, those of year 0 too', () => {
    assert.deepEqual(total('INT64', [Duration.fromMillis(1.5), Duration.fromMillis(1)]), { int64Value: '2500' });
    assert.deepEqual(total('INT64', [new Timestamp(1, 2000)]), { int64Value: '1000002' });
    assert.deepEqual(total('INT64', [year0]), { int64Value: '-62167219199999999' });
    assert.deepEqual(total('DOUBLE', [Duration.fromMillis(1)]), { doubleValue: 1000 });
  });

  it('adds doubles up, to a number that JSON has', () => {
    assert.deepEqual(total('DOUBLE', [1.5, 2n]), { doubleValue: 3.5 });
    assert.deepEqual(total('DOUBLE', [Number.MAX_VALUE, Number.MAX_VALUE]), { doubleValue: Number.MAX_VALUE });
  });

  it('keeps the last boolean and the last text', () => {
    assert.deepEqual(total('BOOL', [true, false]), { boolValue: false });
    assert.deepEqual(total('STRING', ['a', 7n]), { stringValue: '7' });
    assert.deepEqual(total('STRING', ['x'.repeat(2 ** 20)]), { stringValue: 'x'.repeat(1024) });
  });

  it('counts values by bucket, durations in milliseconds', () => {
    const { distributionValue } = total('DISTRIBUTION', [1n, 1.9, Duration.fromMillis(3), 0n]) as never;
    assert.deepEqual(distributionValue, {
      count: '4',
      bucketOptions: { explicitBuckets: { bounds: [1, 2] } },
      bucketCounts: ['1', '2', '1'],
    });
  });

  it('goes by the type of the expression when none is configured', () => {
    const rows: readonly (readonly [ValueType, string])[] = [
      ['BOOL', 'BOOL'],
      ['INT64', 'INT64'],
      ['DOUBLE', 'DOUBLE'],
      ['DURATION', 'INT64'],
      ['TIMESTAMP', 'INT64'],
      ['STRING', 'STRING'],
      ['IP_ADDRESS', 'STRING'],
      ['STRING_MAP', 'STRING'],
    ];
    for (const [inferred, valueType] of rows) {
      assert.equal(measureOf(info('VALUE_TYPE_UNSPECIFIED'), inferred).valueType, valueType);
    }
  });

  it('has no use for NaN, infinities, other types and nothing at all', () => {
    for (const type of ['INT64', 'DOUBLE', 'DISTRIBUTION'] as const) {
      for (const value of [NaN, Infinity, -Infinity]) {
        assert.throws(() => total(type, [value]), { message: 'the value must be finite' });
      }
      for (const value of ['7', true, undefined, new Map(), Uint8Array.of(1)]) {
        assert.throws(() => total(type, [value]), { message: 'the value must be a number or a duration' });
      }
    }
    assert.throws(() => total('BOOL', ['true']), { message: 'the value must be a boolean' });
  });
});
