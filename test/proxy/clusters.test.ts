import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Cluster, Cluster_Discovery as Discovery, Endpoints } from '../../src/gen/fairlead/proxy/v1/cluster.js';
import { createClusters } from '../../src/proxy/clusters.js';
import { systemUpstreamEnv } from '../../src/proxy/index.js';

const env = systemUpstreamEnv();
const cluster = (name: string): Cluster => Cluster.fromPartial({ name, discovery: Discovery.ENDPOINTS });
const endpoints = (name: string, port: number): Endpoints =>
  Endpoints.fromPartial({ cluster: name, localities: [{ endpoints: [{ address: '127.0.0.1', port }] }] });

it('keeps clusters that are the same, gives those that moved other endpoints, and lets others go', async () => {
  const [a, b] = [cluster('a'), cluster('b')];
  const ofA = endpoints('a', 1);
  const first = createClusters({ clusters: [b, a], endpoints: [ofA, endpoints('b', 2)] }, undefined, env);
  assert.deepEqual(
    first.all().map(({ name }) => name),
    ['a', 'b'],
  );
  const second = createClusters({ clusters: [a, b, cluster('c')], endpoints: [ofA, endpoints('b', 3)] }, first, env);
  assert.equal(second.entries.get('a'), first.entries.get('a'));
  assert.equal(second.get('b'), first.get('b'));
  assert.deepEqual(
    second.get('b')?.endpoints.map(({ name }) => name),
    ['127.0.0.1:3'],
  );
  assert.deepEqual(second.get('c')?.endpoints, []);
  const third = createClusters({ clusters: [a], endpoints: [ofA] }, second, env);
  assert.equal(third.get('b'), undefined);
  assert.equal(third.get('a'), first.get('a'));
  await third.ready;
  await third.close();
});

it('moves endpoints of clusters that are the very same list in place', async () => {
  const clusters = [cluster('a'), cluster('b')];
  const ofA = endpoints('a', 1);
  const first = createClusters({ clusters, endpoints: [ofA, endpoints('b', 2)] }, undefined, env);
  const b = first.get('b');
  const second = createClusters({ clusters, endpoints: [ofA, endpoints('b', 3)] }, first, env);
  assert.equal(second, first);
  assert.equal(second.get('b'), b);
  assert.deepEqual(
    b?.endpoints.map(({ name }) => name),
    ['127.0.0.1:3'],
  );
  const third = createClusters({ clusters, endpoints: [endpoints('b', 4), ofA] }, second, env);
  assert.notEqual(third, second);
  assert.deepEqual(
    third.get('b')?.endpoints.map(({ name }) => name),
    ['127.0.0.1:4'],
  );
  await third.close();
});

it('takes the former endpoints up again when they come back, whatever objects they are', async () => {
  const a = cluster('a');
  const at = (one: ReturnType<typeof createClusters>) => one.get('a')?.endpoints.map(({ name }) => name);
  const first = createClusters({ clusters: [a], endpoints: [endpoints('a', 1)] }, undefined, env);
  const second = createClusters({ clusters: [a], endpoints: [endpoints('a', 2)] }, first, env);
  const third = createClusters({ clusters: [cluster('a')], endpoints: [endpoints('a', 1)] }, second, env);
  assert.deepEqual(at(third), ['127.0.0.1:1']);
  assert.equal(third.get('a'), first.get('a'));
  const last = createClusters({ clusters: [a], endpoints: [] }, third, env);
  assert.deepEqual(at(last), []);
  await last.close();
});
