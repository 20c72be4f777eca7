import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import noop from 'fairlead/adapters/noop';
import { allow, grant, ignore } from '../../../src/adapters/noop/handler.js';

describe('noop', () => {
  test('allows for a billion seconds and uses', () => {
    const { status, validDuration, validUseCount } = allow();
    assert.deepEqual([status, validDuration?.seconds, validUseCount], [undefined, 1e9, 1e9]);
  });

  test('grants the amount that is asked for', () => {
    const { amount, validDuration } = grant({}, { amount: 42n, bestEffort: false, deduplicationId: '' });
    assert.deepEqual([amount, validDuration?.seconds], [42n, 1e9]);
  });

  test('answers reports with nothing', () => {
    const run: () => unknown = ignore;
    assert.equal(run(), undefined);
  });

  test("serves every template that Mixer's own did", () => {
    assert.deepEqual(noop.templates.map(({ name }) => name).sort(), [
      'authorization',
      'checknothing',
      'listentry',
      'logentry',
      'metric',
      'quota',
      'reportnothing',
      'tracespan',
    ]);
  });
});
