import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import dogstatsd from 'fairlead/adapters/dogstatsd';
import { Duration, type Value } from 'fairlead/sdk';
import { metric } from 'fairlead/templates';
import { decodeParams, sampleTypes } from 'fairlead/testing';
import { validateTypes } from '../../../src/adapters/dogstatsd/validate-types.js';
import { instance } from './setup.js';

/** What is found when rules send instances of these names, with values like these. */
function findingsOf(metrics: string, values: Readonly<Record<string, Value>>): readonly string[] {
  const { config, problems } = decodeParams(dogstatsd, `metrics: { ${metrics} }`);
  assert.deepEqual(problems, []);
  const sent = Object.entries(values).map(
    ([name, value]) => [name, sampleTypes(metric, instance(name, value))] as const,
  );
  const found: string[] = [];
  validateTypes(config, { metric: new Map(sent) }, (path, message, severity = 'error') => {
    found.push(`${severity} ${path}: ${message}`);
  });
  return found;
}

describe('dogstatsd and the instances that reach it', () => {
  it('need an entry each, which is idle without them', () => {
    assert.deepEqual(findingsOf('a.b: { type: COUNTER }, c: { type: COUNTER }', { c: 1n, d: 1n }), [
      'error metrics: there is no entry for d',
      'warning metrics["a.b"]: no rule sends this metric',
    ]);
  });

  it('have values of the types that their metrics take', () => {
    const metrics = 'c: { type: COUNTER }, g: { type: GAUGE }, d: { type: DISTRIBUTION }';
    assert.deepEqual(findingsOf(metrics, { c: 1n, g: 1n, d: Duration.zero }), []);
    assert.deepEqual(findingsOf(metrics, { c: 'text', g: 1.5, d: true }), [
      'error metrics["c"].type: a COUNTER needs a value of type INT64, not STRING',
      'error metrics["g"].type: a GAUGE needs a value of type INT64, not DOUBLE',
      'error metrics["d"].type: a DISTRIBUTION needs a value of type DURATION or INT64, not BOOL',
    ]);
  });
});
