import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultRetries, faultShare, mirrorShare, retriesOf } from '../../../src/pilot/model/rule-effects.js';
import { Duration } from '../../../src/util/duration.js';

const given = { attempts: 0, perTryTimeout: undefined, retryOn: '' };

describe('retriesOf()', () => {
  it('gives the default where nothing is said', () => {
    assert.equal(retriesOf(undefined), defaultRetries);
    assert.equal(defaultRetries.attempts, 2);
    assert.deepEqual(defaultRetries.statusCodes, [503]);
  });

  it('gives nothing for no attempts', () => {
    assert.equal(retriesOf(given), undefined);
  });

  it('keeps the conditions where only the number is said', () => {
    const perTryTimeout = Duration.fromSeconds(1);
    assert.deepEqual(retriesOf({ ...given, attempts: 5, perTryTimeout }), {
      ...defaultRetries,
      attempts: 5,
      perTryTimeout,
    });
  });

  it('takes numbers for statuses', () => {
    const policy = retriesOf({ ...given, attempts: 1, retryOn: '5xx, reset,503, 429' });
    assert.deepEqual(policy?.conditions, ['5xx', 'reset']);
    assert.deepEqual(policy.statusCodes, [503, 429]);
  });
});

describe('faultShare()', () => {
  const rows: readonly [percent: number | undefined, value: number | undefined, want: number][] = [
    [undefined, undefined, 0],
    [10, undefined, 100_000],
    [10, 0.0001, 1],
    [undefined, 100, 1_000_000],
    [50, 0, 0],
    [undefined, 33.3333, 333_333],
  ];
  for (const [percent, value, want] of rows) {
    it(`is ${want} of a million for ${percent} and ${value}`, () => {
      assert.equal(faultShare({ percent, percentage: value === undefined ? undefined : { value } }), want);
    });
  }
});

describe('mirrorShare()', () => {
  const mirror = { host: 'a', subset: '', port: undefined };

  it('is all unless said otherwise', () => {
    assert.equal(mirrorShare({ mirror, mirrorPercent: undefined }), 100);
    assert.equal(mirrorShare({ mirror, mirrorPercent: 0 }), 0);
    assert.equal(mirrorShare({ mirror: undefined, mirrorPercent: 50 }), 0);
  });
});
