import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { indexDestinationRules } from '../../../src/pilot/model/destination-rules.js';
import { defaultMesh } from '../../../src/pilot/model/mesh.js';
import { policyOf } from '../../../src/pilot/model/policy.js';
import { configsOf, resource } from '../support.js';

const spec = `{
  host: a.com,
  trafficPolicy: {
    loadBalancer: { simple: RANDOM },
    tls: { mode: SIMPLE },
    outlierDetection: {},
    portLevelSettings: [{ port: { number: 81 }, loadBalancer: { simple: LEAST_CONN } }]
  },
  subsets: [
    { name: plain },
    { name: own, trafficPolicy: {
      loadBalancer: { simple: PASSTHROUGH },
      portLevelSettings: [{ port: { number: 82 }, tls: { mode: DISABLE } }]
    } }
  ]
}`;
const rule = indexDestinationRules(
  configsOf(resource('DestinationRule', 'r', spec)).list('DestinationRule'),
  defaultMesh,
).ruleFor(
  {
    hostname: 'a.com',
    name: 'a',
    namespace: 'x',
    addresses: [],
    ports: [],
    resolution: 'DNS',
    isExternal: true,
    serviceAccounts: [],
    createdAt: 0,
    exportTo: [],
    labels: new Map(),
    uid: '',
    registry: '',
  },
  'default',
);
assert(rule !== undefined);

describe('policyOf()', () => {
  const rows: readonly [
    what: string,
    port: number,
    subset: string,
    balancer: string | undefined,
    tls: string | undefined,
    outliers: boolean,
  ][] = [
    ['the rule for any port', 80, '', 'RANDOM', 'SIMPLE', true],
    ['nothing but the port where the rule has it', 81, '', 'LEAST_CONN', undefined, false],
    ['the rule for a subset without a policy', 80, 'plain', 'RANDOM', 'SIMPLE', true],
    ['the rule for a subset that is not there', 80, 'other', 'RANDOM', 'SIMPLE', true],
    ["the subset's parts over the rule's", 80, 'own', 'PASSTHROUGH', 'SIMPLE', true],
    ["the subset's parts over the rule's port", 81, 'own', 'PASSTHROUGH', undefined, false],
    ["the subset's port over the rule's parts", 82, 'own', 'RANDOM', 'DISABLE', true],
  ];
  for (const [what, port, subset, balancer, tls, outliers] of rows) {
    it(`gives ${what}`, () => {
      const policy = policyOf(rule, port, subset);
      assert.equal(policy.loadBalancer?.simple, balancer);
      assert.equal(policy.tls?.mode, tls);
      assert.equal(policy.outlierDetection !== undefined, outliers);
    });
  }

  it('gives nothing without a rule', () => {
    assert.deepEqual(Object.values(policyOf(undefined, 80)), [undefined, undefined, undefined, undefined]);
  });
});
