import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fullName, isLabelName, isMetricName, safeName } from '../../../src/adapters/prometheus/naming.js';

describe('safeName()', () => {
  for (const [name, want] of [
    ['dur-x.y z', 'durx_y_z'],
    ['/a/b', 'a_b'],
    ['//a', '_a'],
    ['a::b', 'a::b'],
    ['', ''],
  ] as const) {
    it(`makes '${want}' of '${name}'`, () => assert.equal(safeName(name), want));
  }
});

describe('fullName()', () => {
  it('takes the instance name and istio when there is nothing else', () => {
    const metric = { namespace: '', name: '', instanceName: 'requestcount.metric.istio-system' };
    assert.equal(fullName(metric), 'istio_requestcount_metric_istiosystem');
  });
});

describe('isMetricName() and isLabelName()', () => {
  it('accept what Prometheus accepts', () => {
    assert.deepEqual(['a:b', '_1', '1a', 'a\u00e4', ''].map(isMetricName), [true, true, false, false, false]);
    assert.deepEqual(['a', '_a', 'a:b', '__a', '', 'a\n'].map(isLabelName), [true, true, false, false, false, false]);
  });
});
