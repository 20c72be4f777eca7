import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cluster_Discovery } from '../../../src/gen/fairlead/proxy/v1/cluster.js';
import { createClusterSet, type LiveClusterSet } from '../../../src/proxy/upstream/cluster-set.js';
import { clusterOf, localityOf, manualEnv } from './fixture.js';

type Names = Record<string, readonly string[] | undefined>;

function envOf(names: Names): ReturnType<typeof manualEnv> {
  return manualEnv({
    resolveDns: async (name) => {
      const found = names[name];
      if (found === undefined) throw new Error('SERVFAIL');
      return found;
    },
  });
}

const localities = [localityOf(['one.test:80', '10.9.9.9:81']), localityOf(['two.test:82'], { priority: 1 })];

function namesIn(set: LiveClusterSet): readonly string[] {
  return set.all()[0]!.endpoints.map(({ name }) => name);
}

test('each address of a name is an endpoint, of IPv6 only without others, and addresses are taken as they are', async () => {
  const env = envOf({ 'one.test': ['10.0.0.2', 'fd00::2', '10.0.0.1', '10.0.0.1'], 'two.test': ['fd00::1'] });
  const cluster = clusterOf({ discovery: Cluster_Discovery.DNS, localities });
  const set = createClusterSet({ clusters: [cluster], endpoints: [], env });
  assert.deepEqual(namesIn(set), ['10.9.9.9:81']);
  await set.ready;
  assert.deepEqual(namesIn(set), ['10.0.0.1:80', '10.0.0.2:80', '10.9.9.9:81', '[fd00::1]:82']);
  assert.equal(set.all()[0]!.endpoints[3]!.priority, 1);
  await set.close();
});

test('names are looked up again; what stays lives on, and failures change nothing', async () => {
  const names: Names = { 'one.test': ['10.0.0.1', '10.0.0.2'], 'two.test': [] };
  const env = envOf(names);
  const cluster = clusterOf({
    discovery: Cluster_Discovery.DNS,
    localities,
    dnsRefreshRate: { seconds: 7n, nanos: 0 },
  });
  const set = createClusterSet({ clusters: [cluster], endpoints: [], env });
  await set.ready;
  const kept = set.all()[0]!.endpoints.find(({ name }) => name === '10.0.0.2:80');
  names['one.test'] = ['10.0.0.2', '10.0.0.3'];
  await env.time.advance(6999);
  assert.ok(namesIn(set).includes('10.0.0.1:80'));
  await env.time.advance(1);
  assert.deepEqual(namesIn(set), ['10.0.0.2:80', '10.0.0.3:80', '10.9.9.9:81']);
  assert.equal(set.all()[0]!.endpoints[0], kept);
  names['one.test'] = undefined;
  await env.time.advance(7000);
  assert.deepEqual(namesIn(set), ['10.0.0.2:80', '10.0.0.3:80', '10.9.9.9:81']);
  assert.equal(set.all()[0]!.stats.get('update_failure'), 1);
  assert.equal(set.all()[0]!.stats.get('update_empty'), 3);
  names['one.test'] = [];
  await env.time.advance(7000);
  assert.deepEqual(namesIn(set), ['10.9.9.9:81']);
  await set.close();
  assert.equal((env.schedule as unknown as { pending: number }).pending, 0);
});

test('a cluster that changes has the addresses that are known, at once', async () => {
  const env = envOf({ 'one.test': ['10.0.0.1'], 'two.test': [] });
  const before = clusterOf({ discovery: Cluster_Discovery.DNS, localities });
  const previous = createClusterSet({ clusters: [before], endpoints: [], env });
  await previous.ready;
  const after = clusterOf({ discovery: Cluster_Discovery.DNS, localities, limits: { maxConnections: 5 } });
  const set = createClusterSet({ clusters: [after], endpoints: [], previous, env });
  assert.deepEqual(namesIn(set), ['10.0.0.1:80', '10.9.9.9:81']);
  await set.close();
});

test('a name that cannot be looked up does not keep the set from being ready', async () => {
  const cluster = clusterOf({ discovery: Cluster_Discovery.DNS, localities });
  const set = createClusterSet({ clusters: [cluster], endpoints: [], env: envOf({}) });
  await set.ready;
  assert.deepEqual(namesIn(set), ['10.9.9.9:81']);
  await set.close();
});
