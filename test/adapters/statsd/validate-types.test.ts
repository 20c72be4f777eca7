import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import statsd from 'fairlead/adapters/statsd';
import { Duration, type Instance } from 'fairlead/sdk';
import { metric } from 'fairlead/templates';
import { decodeParams, sampleTypes } from 'fairlead/testing';
import { validateTypes } from '../../../src/adapters/statsd/validate-types.js';
import { instance } from './setup.js';

/** What is found when rules send instances like these. */
function findingsOf(metrics: string, ...sent: readonly Instance<typeof metric>[]): readonly string[] {
  const { config, problems } = decodeParams(statsd, `metrics: { ${metrics} }`);
  assert.deepEqual(problems, []);
  const found: string[] = [];
  const types = { metric: new Map(sent.map((one) => [one.name, sampleTypes(metric, one)])) };
  validateTypes(config, types, (path, message, severity = 'error') => {
    found.push(`${severity} ${path}: ${message}`);
  });
  return found;
}

describe('statsd and the instances that reach it', () => {
  it('need an entry each, which is idle without them', () => {
    assert.deepEqual(findingsOf('a.b: { type: COUNTER }, c: { type: COUNTER }', instance('c', 1n), instance('d', 1n)), [
      'warning metrics: there is no entry for d: its reports fail',
      'warning metrics["a.b"]: no rule sends this metric',
    ]);
  });

  it('have values of the types that their metrics take', () => {
    const metrics = 'c: { type: COUNTER }, d: { type: DISTRIBUTION }';
    assert.deepEqual(findingsOf(metrics, instance('c', 1n), instance('d', Duration.zero)), []);
    assert.deepEqual(findingsOf(metrics, instance('c', 'text'), instance('d', 1.5)), [
      'warning metrics["c"].type: a COUNTER needs a value of type INT64, not STRING: its reports fail',
      'warning metrics["d"].type: a DISTRIBUTION needs a value of type DURATION or INT64, not DOUBLE: its reports fail',
    ]);
  });

  it('have the dimensions that their names are made of', () => {
    const named = (template: string) =>
      findingsOf(`m: { type: COUNTER, nameTemplate: '${template}' }`, instance('m', 1n, { path: '/', code: 200n }));
    assert.deepEqual(named('{{.path}}.{{.code}}.{{or .verb "none"}}'), []);
    assert.deepEqual(named('{{.path}}.{{.cdoe}}'), [
      'warning metrics["m"].nameTemplate: makes names like "text.<no value>": the instance does not have all the dimensions',
    ]);
    assert.deepEqual(named('{{.path.Unix}}'), [
      'warning metrics["m"].nameTemplate: cannot be applied to the dimensions, and its reports fail: ' +
        "values of type string have no field or method 'Unix'",
    ]);
  });
});
