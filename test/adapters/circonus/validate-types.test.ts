import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import circonus from 'fairlead/adapters/circonus';
import { Duration, type Value } from 'fairlead/sdk';
import { metric } from 'fairlead/templates';
import { decodeParams, sampleInstance, sampleTypes } from 'fairlead/testing';
import { validateTypes } from '../../../src/adapters/circonus/validate-types.js';

/** What is found when rules send instances of these names, with values like these. */
function findingsOf(metrics: string, values: Readonly<Record<string, Value>>): readonly string[] {
  const { config, problems } = decodeParams(circonus, `submissionUrl: http://127.0.0.1:1\nmetrics: [${metrics}]`);
  assert.deepEqual(problems, []);
  const instances = Object.entries(values).map(([name, value]) => sampleInstance(metric, { name, value }));
  const types = { metric: new Map(instances.map((one) => [one.name, sampleTypes(metric, one)])) };
  const found: string[] = [];
  validateTypes(config, types, (path, message, severity = 'error') => {
    found.push(`${severity} ${path}: ${message}`);
  });
  return found;
}

describe('circonus and the instances that reach it', () => {
  it('need an entry each', () => {
    assert.deepEqual(findingsOf('{ name: a, type: COUNTER }', { a: 'any', b: 1n, __proto__x: 1n }), [
      'error metrics: no entry for b',
      'error metrics: no entry for __proto__x',
    ]);
  });

  it('leave an entry idle', () => {
    assert.deepEqual(findingsOf('{ name: a, type: COUNTER }, { name: b, type: GAUGE }', { a: 1n }), [
      'warning metrics[1].name: no rule sends this metric',
    ]);
  });

  it('have values that their type of metric can be made of', () => {
    const metrics = '{ name: g, type: GAUGE }, { name: d, type: DISTRIBUTION }, { name: c, type: COUNTER }';
    assert.deepEqual(findingsOf(metrics, { g: 1.5, d: Duration.zero, c: true }), []);
    assert.deepEqual(findingsOf(metrics, { g: Duration.zero, d: 'text', c: 'text' }), [
      'warning metrics[0].type: a GAUGE needs a value of type INT64 or DOUBLE, not DURATION: its reports fail',
      'warning metrics[1].type: a DISTRIBUTION needs a value of type DURATION or INT64 or DOUBLE, not STRING: its reports fail',
    ]);
  });
});
