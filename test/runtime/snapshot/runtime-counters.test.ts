import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { countDestinations } from '../../../src/runtime/snapshot/runtime-counters.js';
import { checkTemplate, destination, outputTemplate, quotaTemplate } from '../../support/dispatch-fixture.js';

describe('countDestinations', () => {
  it('counts by the names of the proto enum', () => {
    const list = [checkTemplate, checkTemplate, outputTemplate, quotaTemplate].map((one) => destination({}, one));
    assert.deepEqual(countDestinations(list), {
      TEMPLATE_VARIETY_CHECK: 2,
      TEMPLATE_VARIETY_REPORT: 0,
      TEMPLATE_VARIETY_QUOTA: 1,
      TEMPLATE_VARIETY_ATTRIBUTE_GENERATOR: 0,
      TEMPLATE_VARIETY_CHECK_WITH_OUTPUT: 1,
    });
  });
});
