import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { methodNameOf } from '../../../src/runtime/dispatch/method-name.js';
import { generatorTemplate, outputTemplate, reportTemplate } from '../../support/dispatch-fixture.js';

describe('methodNameOf()', () => {
  it('is handle and the display name', () => {
    assert.equal(methodNameOf(reportTemplate), 'handleMetric');
    assert.equal(methodNameOf(outputTemplate), 'handleLookup');
  });

  it('is generate…Attributes for a generator', () => {
    assert.equal(methodNameOf(generatorTemplate), 'generateKubernetesAttributes');
  });
});
