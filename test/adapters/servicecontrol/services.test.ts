import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Duration } from 'fairlead/sdk';
import { Services } from '../../../src/adapters/servicecontrol/services.js';

const service = (meshServiceName: string, googleServiceName: string, ...quotas: string[]) => ({
  meshServiceName,
  googleServiceName,
  quotas: quotas.map((name) => ({ name, googleQuotaMetricName: name, expiration: Duration.fromSeconds(1) })),
});

describe('Services', () => {
  it('finds by the name in the mesh before that at Google, the first of each', () => {
    const services = new Services([service('a', 'b'), service('b', 'c'), service('a', 'd')]);
    const found = ['a', 'b', 'c', 'd', 'e', ''].map((name) => services.find(name)?.googleName);
    assert.deepEqual(found, ['b', 'c', 'c', 'd', undefined, undefined]);
  });

  it('takes the only service for no name', () => {
    assert.equal(new Services([service('a', 'b')]).find('')?.googleName, 'b');
  });

  it('finds for a quota the only service that has it, unless a service is named', () => {
    const services = new Services([service('a', 'A', 'both', 'one'), service('b', 'B', 'both')]);
    const found = (name: string, quota: string) => services.findForQuota(name, quota)?.googleName;
    assert.deepEqual(
      [found('', 'one'), found('', 'both'), found('', 'none'), found('b', 'one'), found('c', 'one')],
      ['A', undefined, undefined, 'B', undefined],
    );
  });
});
