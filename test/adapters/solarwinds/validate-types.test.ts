import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import solarwinds from 'fairlead/adapters/solarwinds';
import { logentry, metric } from 'fairlead/templates';
import { decodeParams, sampleInstance, sampleTypes } from 'fairlead/testing';
import { validateTypes } from '../../../src/adapters/solarwinds/validate-types.js';

/** What is found when rules send the metrics `m` and `flag`, with the dimension `code`, and the log entry `l`. */
function findingsOf(params: string): readonly string[] {
  const [m, flag] = [7n, true].map((value) => sampleInstance(metric, { value, dimensions: { code: 200n } }));
  const types = {
    metric: new Map([
      ['m', sampleTypes(metric, m!)],
      ['flag', sampleTypes(metric, flag!)],
    ]),
    logentry: new Map([['l', sampleTypes(logentry, sampleInstance(logentry))]]),
  };
  const found: string[] = [];
  validateTypes(decodeParams(solarwinds, params).config, types, (path, message, severity = 'error') => {
    found.push(`${severity} ${path}: ${message}`);
  });
  return found;
}

describe('solarwinds and the instances that reach it', () => {
  it('agree', () => {
    assert.deepEqual(findingsOf('metrics: { m: { labelNames: [code] } }\nlogs: { l: {} }'), []);
  });

  it('differ in labels that are no dimensions, each told at its place', () => {
    assert.deepEqual(findingsOf('metrics: { m: { labelNames: [code, __proto__, toString] } }\nlogs: { l: {} }'), [
      'error metrics["m"].labelNames[1]: the metric has no dimension "__proto__"',
      'error metrics["m"].labelNames[2]: the metric has no dimension "toString"',
    ]);
  });

  it('differ in entries that no rule sends, in log entries without one, and in values that are no numbers', () => {
    assert.deepEqual(
      findingsOf('metrics: { flag: { labelNames: [code] }, gone: { labelNames: [x] } }\nlogs: { k: {} }'),
      [
        'warning metrics["flag"]: its values are of type BOOL: none is a number',
        'warning metrics["gone"]: no rule sends this metric',
        'warning logs["k"]: no rule sends this log entry',
        'warning logs: there is no entry for l, which rules send',
      ],
    );
  });
});
