import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { foreignKinds } from '../../../src/runtime/validate/foreign-kinds.js';
import { doc, judge } from '../../support/toys.js';

describe('foreignKinds', () => {
  for (const kind of ['QuotaSpec', 'QuotaSpecBinding', 'HTTPAPISpec', 'Service', 'Rule']) {
    it(`tells that ${kind} is not read`, () => {
      assert.deepEqual(judge(foreignKinds, doc(kind, 'a', '{ whatever: 1 }')), ['1:7 info KIND_NOT_OURS']);
    });
  }

  for (const kind of ['rule', 'metric', 'toy', 'fluentd', 'adapter']) {
    it(`says nothing about ${kind}`, () => {
      assert.deepEqual(judge(foreignKinds, doc(kind, 'a', '{}')), []);
    });
  }
});
