import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BuildContext } from '../../../../src/pilot/build/fairlead/options.js';
import { failPolicy, isChecked } from '../../../../src/pilot/build/fairlead/policy-check.js';
import { resource, viewOf } from '../../support.js';

function contextOf(
  mesh: string,
  annotations: Record<string, string> = {},
  type: 'sidecar' | 'router' = 'sidecar',
): BuildContext {
  const view = viewOf(resource('MeshConfig', 'mesh', mesh), { type });
  return { view, options: { annotations: new Map(Object.entries(annotations)) } };
}

describe('policy checks', () => {
  // mesh, annotation, proxy, inbound, outbound
  const rows = [
    ['{}', undefined, 'sidecar', false, false],
    ['{ disablePolicyChecks: false }', undefined, 'sidecar', true, false],
    ['{ disablePolicyChecks: false }', undefined, 'router', true, true],
    ['{ disablePolicyChecks: false, enableClientSidePolicyCheck: true }', undefined, 'sidecar', true, true],
    ['{ enableClientSidePolicyCheck: true }', undefined, 'router', false, false],
    ['{ disablePolicyChecks: false }', 'disable', 'router', false, false],
    ['{}', 'enable', 'sidecar', true, true],
    ['{}', 'allow-on-error', 'sidecar', true, true],
    ['{}', 'nonsense', 'sidecar', false, false],
  ] as const;
  for (const [mesh, annotation, type, inbound, outbound] of rows) {
    it(`are ${inbound} at a ${type} and ${outbound} for what leaves it, with ${mesh} and ${annotation ?? 'nothing'}`, () => {
      const context = contextOf(mesh, annotation === undefined ? {} : { 'policy.istio.io/check': annotation }, type);
      assert.equal(isChecked(context, 'inbound'), inbound);
      assert.equal(isChecked(context, 'outbound'), outbound);
    });
  }

  it('fail as the mesh says, or as the annotation does', () => {
    const opens = (mesh: string, check: string) =>
      failPolicy(contextOf(mesh, { 'policy.istio.io/check': check })).failOpen;
    assert.equal(opens('{}', ''), false);
    assert.equal(opens('{ policyCheckFailOpen: true }', ''), true);
    assert.equal(opens('{ policyCheckFailOpen: true }', 'enable'), false);
    assert.equal(opens('{}', 'allow-on-error'), true);
    assert.equal(opens('{}', 'disable'), true);
  });

  it('are repeated as annotations say, and not at all where those make no sense', () => {
    const policy = failPolicy(
      contextOf('{}', { 'policy.istio.io/checkRetries': '3', 'policy.istio.io/checkMaxRetryWaitTime': '2s' }),
    );
    assert.deepEqual(
      [policy.maxRetries, policy.baseRetryWait.toMillis(), policy.maxRetryWait.toMillis()],
      [3, 80, 2000],
    );
    assert.equal(failPolicy(contextOf('{}', { 'policy.istio.io/checkRetries': '-1' })).maxRetries, 0);
  });
});
