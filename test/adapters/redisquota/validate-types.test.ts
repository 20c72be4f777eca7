import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import redisquota from 'fairlead/adapters/redisquota';
import { quota } from 'fairlead/templates';
import { decodeParams, sampleInstance, sampleTypes } from 'fairlead/testing';
import { validateTypes } from '../../../src/adapters/redisquota/validate-types.js';

/** What is found when rules send an instance of this name, with the dimensions `source` and `path`. */
function findingsOf(name: string, quotas: string): readonly string[] {
  const instance = sampleInstance(quota, { name, dimensions: { source: 'a', path: '/' } });
  const types = { quota: new Map([[name, sampleTypes(quota, instance)]]) };
  const found: string[] = [];
  validateTypes(decodeParams(redisquota, `quotas: [${quotas}]`).config, types, (path, message, severity = 'error') => {
    found.push(`${severity} ${path}: ${message}`);
  });
  return found;
}

describe('redisquota and the instances that reach it', () => {
  test('need a limit for each quota', () => {
    assert.deepEqual(findingsOf('count.instance.ns', '{ name: cuont.instance.ns, validDuration: 1s, maxAmount: 1 }'), [
      'error quotas: did not find limit defined for quota count.instance.ns',
    ]);
    assert.deepEqual(
      findingsOf('count.instance.ns', '{ name: count.instance.ns, validDuration: 1s, maxAmount: 1 }'),
      [],
    );
  });

  test('differ in a dimension that an override names and the quota lacks', () => {
    const overrides =
      'overrides: [{ dimensions: { source: a }, maxAmount: 1 }, { dimensions: { sorce: a }, maxAmount: 1 }]';
    assert.deepEqual(findingsOf('q', `{ name: q, validDuration: 1s, maxAmount: 1, ${overrides} }`), [
      'warning quotas[0].overrides[1].dimensions: the quota has no dimension "sorce": this override never counts',
    ]);
  });
});
