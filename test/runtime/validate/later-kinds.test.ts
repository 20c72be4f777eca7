import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { laterKinds } from '../../../src/runtime/validate/later-kinds.js';
import { doc, judge } from '../../support/toys.js';

describe('laterKinds', () => {
  it('says that an adapter or a template is not in this version', () => {
    assert.deepEqual(judge(laterKinds, doc('statsd', 'a', '{}')), ['1:7 error UNKNOWN_ADAPTER']);
    assert.deepEqual(judge(laterKinds, doc('servicecontrolreport', 'a', '{}')), ['1:7 error UNKNOWN_TEMPLATE']);
  });

  it('says nothing about other kinds', () => {
    assert.deepEqual(judge(laterKinds, doc('toy', 'a', '{}') + doc('Service', 'a', '{}')), []);
  });
});
