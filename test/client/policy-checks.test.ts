import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { type Direction, type MeshPolicy, resolvePolicyChecks } from '../../src/client/index.js';

const on: MeshPolicy = { disablePolicyChecks: false, enableClientSidePolicyCheck: false, policyCheckFailOpen: false };
const resolve = (
  mesh: Partial<MeshPolicy>,
  direction: Direction,
  annotations: Record<string, string> = {},
  isRouter = false,
) =>
  resolvePolicyChecks({ ...on, ...mesh }, { direction, isRouter, annotations: new Map(Object.entries(annotations)) });

describe('whether a proxy checks (1.2)', () => {
  it('is what the mesh says, on the outbound side only if that is asked for or at a gateway', () => {
    assert.equal(resolve({}, 'inbound').disableCheckCalls, false);
    assert.equal(resolve({}, 'outbound').disableCheckCalls, true);
    assert.equal(resolve({ enableClientSidePolicyCheck: true }, 'outbound').disableCheckCalls, false);
    assert.equal(resolve({}, 'outbound', {}, true).disableCheckCalls, false);
    const off = { disablePolicyChecks: true, enableClientSidePolicyCheck: true };
    assert.equal(resolve(off, 'inbound').disableCheckCalls, true);
    assert.equal(resolve(off, 'outbound', {}, true).disableCheckCalls, true);
  });

  it('is what the workload says, if it does', () => {
    const check = (value: string, mesh: Partial<MeshPolicy> = {}) => {
      const { disableCheckCalls, networkFailPolicy } = resolve(mesh, 'outbound', { 'policy.istio.io/check': value });
      return [disableCheckCalls, networkFailPolicy.policy];
    };
    assert.deepEqual(check('enable', { disablePolicyChecks: true, policyCheckFailOpen: true }), [false, 'close']);
    assert.deepEqual(check('allow-on-error'), [false, 'open']);
    assert.deepEqual(check('disable', { enableClientSidePolicyCheck: true }), [true, 'open']);
    assert.deepEqual(check('nonsense', { enableClientSidePolicyCheck: true }), [false, 'close']);
    assert.deepEqual(check('nonsense', { policyCheckFailOpen: true }), [true, 'open']);
  });

  it('comes with retries', () => {
    const retries = {
      'policy.istio.io/checkRetries': '3',
      'policy.istio.io/checkBaseRetryWaitTime': '10ms',
      'policy.istio.io/checkMaxRetryWaitTime': '2s',
    };
    const wait = { baseRetryWaitMillis: 80, maxRetryWaitMillis: 1000 };
    assert.deepEqual(resolve({}, 'inbound').networkFailPolicy, { policy: 'close', maxRetry: 0, ...wait });
    assert.deepEqual(resolve({}, 'inbound', retries).networkFailPolicy, {
      policy: 'close',
      maxRetry: 3,
      baseRetryWaitMillis: 10,
      maxRetryWaitMillis: 2000,
    });
    const nonsense = Object.fromEntries(Object.keys(retries).map((name) => [name, '-x']));
    assert.deepEqual(resolve({}, 'inbound', nonsense).networkFailPolicy, { policy: 'close', maxRetry: 0, ...wait });
  });
});
