import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fakeEnv } from '../../../src/testing/index.js';
import { FakeCluster, ownedBy } from './fake-cluster.js';
import { holdCluster } from './setup.js';

const pod = (name: string, more: object = {}) => ({ metadata: { name, ...more } });
const secret = (name: string, clusters: Readonly<Record<string, string>>) => ({
  metadata: { name },
  data: Object.fromEntries(Object.entries(clusters).map(([id, text]) => [id, Buffer.from(text).toString('base64')])),
});

describe('a registry of clusters', () => {
  it('follows pods as they come, change and go', async () => {
    const cluster = new FakeCluster();
    const { env, ask, close } = await holdCluster(cluster);
    const ips = async (): Promise<unknown[]> => {
      await env.clock.advance(0);
      return ['10.0.0.1', '10.0.0.2'].map((fromIp) => ask({ fromIp })['sourcePodName']);
    };
    assert.deepEqual(await ips(), [undefined, undefined]);
    cluster.put('pods', { ...pod('a'), status: { podIP: '10.0.0.1' } });
    assert.deepEqual(await ips(), ['a', undefined]);
    cluster.put('pods', { ...pod('a'), status: { podIP: '10.0.0.2' } });
    assert.deepEqual(await ips(), [undefined, 'a']);
    cluster.remove('pods', pod('a'));
    assert.deepEqual(await ips(), [undefined, undefined]);
    await close();
  });

  it('follows owners that come later', async () => {
    const cluster = new FakeCluster().put('pods', pod('a', ownedBy('ReplicaSet', 's')));
    const { env, ask, close } = await holdCluster(cluster);
    const workload = async (): Promise<unknown> => {
      await env.clock.advance(0);
      return ask({ from: 'kubernetes://a.testns' })['sourceWorkloadName'];
    };
    assert.equal(await workload(), 's');
    cluster.put('replicasets', pod('s', ownedBy('Deployment', 'd')));
    assert.equal(await workload(), 'd');
    cluster.put('replicasets', pod('s', ownedBy('Deployment', 'e')));
    assert.equal(await workload(), 'e');
    cluster.remove('replicasets', pod('s'));
    assert.equal(await workload(), 's');
    await close();
  });

  it('is not opened when pods cannot be had, and leaves nothing behind', async () => {
    const cluster = new FakeCluster();
    cluster.refused.set('pods', 403);
    const env = fakeEnv();
    await assert.rejects(holdCluster(cluster, { env }), /the credentials do not allow it \(403\)/);
    assert.deepEqual([...env.exposed.keys()], []);
    assert.equal(env.schedule.pending, 0);
    assert.equal(cluster.openWatches, 0);
    assert.equal(cluster.isClosed, true);
  });

  it('lives without the owners that it may not read', async () => {
    const cluster = new FakeCluster().put('pods', pod('a', ownedBy('Job', 'j', 'batch/v1')));
    for (const plural of ['jobs', 'replicationcontrollers', 'secrets']) cluster.refused.set(plural, 403);
    const { env, ask, close } = await holdCluster(cluster);
    assert.equal(ask({ from: 'kubernetes://a.testns' })['sourceWorkloadName'], 'j');
    const warned = env.logged.filter(({ level }) => level === 'warn').map(({ message }) => message);
    assert.deepEqual([...new Set(warned)].sort(), [
      'cluster secrets cannot be followed',
      'resource cannot be followed',
    ]);
    await close();
  });

  it('is opened without a cluster, says so, and knows nothing', async () => {
    const { env, ask, close } = await holdCluster(undefined);
    assert.deepEqual(ask({ from: 'kubernetes://a.testns' }), {});
    assert.equal(env.logged[0]?.message, 'there is no cluster here, nothing is known about workloads');
    await close();
  });

  it('knows the other pods when a server sends what is no pod', async () => {
    const cluster = new FakeCluster();
    const odd: readonly object[] = [
      { spec: null, status: null },
      { spec: { containers: [null, { name: 'c', ports: [null] }] }, status: { podIP: 7, podIPs: [null, { ip: 5 }] } },
      { spec: { containers: {} }, status: { podIPs: 'x' } },
    ];
    for (const [index, more] of odd.entries()) cluster.put('pods', { metadata: { name: `odd-${index}` }, ...more });
    cluster.put('pods', { metadata: { name: 'odd-owner', ownerReferences: [null] } });
    cluster.put('pods', { metadata: { name: 'odd-owners', ownerReferences: {}, labels: { n: 1, app: 'a' } } });
    cluster.put('pods', pod('a'));
    const { registry, ask, env, close } = await holdCluster(cluster);
    assert.equal(registry.size, 6);
    assert.deepEqual(ask({ from: 'kubernetes://odd-owners.testns' })['sourceLabels'], { app: 'a' });
    cluster.put('pods', { metadata: { name: 'odd-0', ownerReferences: 'x' } }).put('pods', pod('b'));
    await env.clock.advance(0);
    assert.equal(registry.size, 7);
    await close();
  });

  it('is opened after a while when the cluster is slow, and learns later', async () => {
    const cluster = new FakeCluster();
    cluster.withheld.add('pods');
    const env = fakeEnv();
    const opening = holdCluster(cluster, { env });
    await env.clock.advance(4000);
    const { registry, close } = await opening;
    assert.equal(registry.size, 0);
    assert.ok(env.logged.some(({ message }) => message === 'cluster is slow, pods are still unknown'));
    cluster.withheld.clear();
    cluster.put('pods', pod('a'));
    await env.clock.advance(90_000);
    assert.equal(registry.size, 1);
    await close();
  });

  it('is shared by handlers, goes on when the first of them closes, and ends with the last', async () => {
    const cluster = new FakeCluster();
    const first = await holdCluster(cluster);
    const env = first.env.sibling();
    const second = await holdCluster(undefined, { env });
    assert.equal(second.registry, first.registry);
    await first.close();
    first.env.stop();
    cluster.put('pods', pod('a'));
    await env.clock.advance(0);
    assert.equal(second.registry.size, 1);
    assert.equal(cluster.openWatches, 5, 'pods, three kinds of owners, secrets');
    // Longer than any watch may last: its end comes by the time of the second handler.
    await env.clock.advance(3_600_000);
    assert.equal(cluster.openWatches, 5);
    assert.deepEqual(env.clock.failures, []);
    await second.close();
    await second.close();
    assert.equal(cluster.openWatches, 0);
    assert.equal(env.schedule.pending, 0);
    assert.deepEqual([...env.exposed.keys()], []);
  });
});

describe('more clusters than one', () => {
  function setUp() {
    const remotes = new Map<string, FakeCluster>();
    const remote = (kubeconfig: string): FakeCluster => {
      if (kubeconfig === 'broken') throw new Error('kubeconfig "x": it is no map');
      const cluster = new FakeCluster(kubeconfig).put('pods', pod(`pod-of-${kubeconfig}`)).put('pods', pod('same'));
      remotes.set(kubeconfig, cluster);
      return cluster;
    };
    return { remotes, remote };
  }

  it('come, change and go with their secrets', async () => {
    const { remotes, remote } = setUp();
    const local = new FakeCluster().put('secrets', secret('s1', { east: 'e1', west: 'w' }));
    const { env, ask, registry, close } = await holdCluster(local, { remote });
    const knows = async (name: string): Promise<boolean> => {
      for (let round = 0; round < 20; round += 1) await env.clock.advance(0);
      return ask({ from: `kubernetes://${name}.testns` })['sourcePodName'] === name;
    };
    assert.ok(await knows('pod-of-e1'));
    assert.ok(await knows('pod-of-w'));
    assert.equal(registry.size, 4);
    local.put('secrets', secret('s1', { east: 'e2' }));
    assert.equal(await knows('pod-of-w'), false);
    assert.equal(await knows('pod-of-e1'), false);
    assert.ok(await knows('pod-of-e2'));
    assert.equal(remotes.get('w')?.isClosed, true);
    local.remove('secrets', secret('s1', {}));
    assert.equal(await knows('pod-of-e2'), false);
    await close();
  });

  it('are asked one after the other, the local one first', async () => {
    const { remote } = setUp();
    const local = new FakeCluster()
      .put('secrets', secret('s1', { west: 'w' }))
      .put('secrets', secret('s2', { east: 'e' }))
      .put('pods', { metadata: { name: 'same', labels: { from: 'local' } } });
    const { env, ask, close } = await holdCluster(local, { remote });
    for (let round = 0; round < 20; round += 1) await env.clock.advance(0);
    assert.deepEqual(ask({ from: 'same.testns' })['sourceLabels'], { from: 'local' });
    await close();
  });

  it('do not harm each other when one of them is broken or named twice', async () => {
    const { remote } = setUp();
    const local = new FakeCluster()
      .put('secrets', secret('s1', { a: 'broken', b: 'first' }))
      .put('secrets', secret('s2', { b: 'second' }));
    const { env, ask, close } = await holdCluster(local, { remote });
    for (let round = 0; round < 20; round += 1) await env.clock.advance(0);
    assert.equal(ask({ from: 'pod-of-first.testns' })['sourcePodName'], 'pod-of-first');
    const errors = env.logged
      .filter(({ level }) => level === 'error')
      .map(({ message, fields }) => [message, fields['cluster']]);
    assert.deepEqual(errors, [
      ['cluster is named twice, the first one counts', 'b'],
      ['cluster left out', 'a'],
    ]);
    await close();
  });

  it('are all closed with the registry', async () => {
    const { remotes, remote } = setUp();
    const { env, close } = await holdCluster(new FakeCluster().put('secrets', secret('s', { a: 'a' })), { remote });
    for (let round = 0; round < 20; round += 1) await env.clock.advance(0);
    assert.equal(remotes.get('a')?.openWatches, 4);
    await close();
    assert.equal(remotes.get('a')?.openWatches, 0);
    assert.equal(env.schedule.pending, 0);
  });
});
