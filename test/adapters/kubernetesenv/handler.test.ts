import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { FakeCluster, ownedBy } from './fake-cluster.js';
import { type Ends, holdCluster } from './setup.js';

const ns = 'testns';

function fill(cluster: FakeCluster): void {
  const pod = (name: string, metadata: object = {}, more: object = {}) =>
    cluster.put('pods', { metadata: { name, namespace: ns, ...metadata }, ...more });
  pod(
    'test-pod',
    { labels: { app: 'test', something: '' }, ...ownedBy('ReplicaSet', 'test-replicaset') },
    {
      spec: {
        serviceAccountName: 'test',
        containers: [
          { name: 'container1', ports: [{ containerPort: 123 }, { containerPort: 234 }, { containerPort: 80 }] },
          { name: 'container2', ports: [{ containerPort: 80 }, { containerPort: 8080 }] },
          { name: 'container3' },
        ],
      },
      status: { hostIP: '10.1.1.10', podIP: '10.10.10.1', podIPs: [{ ip: '10.10.10.1' }, { ip: 'fd00::1' }] },
    },
  );
  pod('alt-pod', { selfLink: '/api/v1/namespaces/testns/pods/alt-pod' }, { status: { podIP: '192.168.234.3' } });
  pod('uncontrolled', { ownerReferences: [{ kind: 'ReplicaSet', name: 'test-replicaset', apiVersion: 'apps/v1' }] });
  pod('lost-set', ownedBy('ReplicaSet', 'not-found-replicaset'));
  pod('lone-set', ownedBy('ReplicaSet', 'lone-replicaset'));
  pod('by-config', ownedBy('ReplicationController', 'test-rc', 'v1'));
  pod('by-controller', ownedBy('ReplicationController', 'alone-rc', 'v1'));
  pod('job-pod', ownedBy('Job', 'test-job', 'batch/v1'));
  pod('cron-pod', ownedBy('Job', 'test-cron-123', 'batch/v1'));
  pod('daemon-pod', ownedBy('DaemonSet', 'test-daemonset'));
  pod('rollout-pod', ownedBy('ReplicaSet', 'rollout-set'));
  pod('circle-pod', ownedBy('ReplicaSet', 'circle'));
  pod('pod.with.dots');
  cluster.put('replicasets', { metadata: { name: 'test-replicaset', ...ownedBy('Deployment', 'test-deployment') } });
  cluster.put('replicasets', { metadata: { name: 'lone-replicaset' } });
  cluster.put('replicasets', { metadata: { name: 'circle', ...ownedBy('ReplicaSet', 'circle') } });
  cluster.put('replicasets', {
    metadata: { name: 'rollout-set', ...ownedBy('Rollout', 'test-rollout', 'argoproj.io/v1alpha1') },
  });
  cluster.put('replicationcontrollers', {
    metadata: { name: 'test-rc', ...ownedBy('DeploymentConfig', 'test-config', 'apps.openshift.io/v1') },
  });
  cluster.put('replicationcontrollers', { metadata: { name: 'alone-rc' } });
  cluster.put('jobs', { metadata: { name: 'test-job' } });
  cluster.put('jobs', { metadata: { name: 'test-cron-123', ...ownedBy('CronJob', 'test-cron', 'batch/v1') } });
}

const uid = (name: string): string => `kubernetes://${name}.${ns}`;
const owner = (version: string, kinds: string, name: string): string =>
  `kubernetes://apis/${version}/namespaces/${ns}/${kinds}/${name}`;

/** What every known pod has at least, at one end. */
function known(end: 'source' | 'destination', name: string, workload: string, ownerUid?: string): object {
  return {
    [`${end}PodUid`]: uid(name),
    [`${end}PodName`]: name,
    [`${end}Namespace`]: ns,
    [`${end}WorkloadName`]: workload,
    [`${end}WorkloadNamespace`]: ns,
    [`${end}WorkloadUid`]: `istio://${ns}/workloads/${workload}`,
    ...(ownerUid === undefined ? {} : { [`${end}Owner`]: ownerUid }),
  };
}

describe('the attributes of both ends', () => {
  const cluster = new FakeCluster();
  fill(cluster);
  let held: Awaited<ReturnType<typeof holdCluster>>;
  before(async () => {
    held = await holdCluster(cluster);
  });
  after(() => held.close());

  const deployment = owner('apps/v1', 'deployments', 'test-deployment');
  const whole = {
    destinationPodIp: [10, 10, 10, 1],
    destinationHostIp: [10, 1, 1, 10],
    destinationServiceAccountName: 'test',
    destinationLabels: { app: 'test', something: '' },
  };
  const testPod = { ...known('destination', 'test-pod', 'test-deployment', deployment), ...whole };
  const altPod = {
    ...known('source', 'alt-pod', 'alt-pod', '/api/v1/namespaces/testns/pods/alt-pod'),
    sourcePodIp: [192, 168, 234, 3],
  };

  const cases: readonly (readonly [string, Ends, object])[] = [
    [
      'a pod of a replica set of a deployment belongs to the deployment',
      { from: uid('alt-pod'), to: uid('test-pod') },
      { ...altPod, ...testPod },
    ],
    [
      'a pod without controller stands for itself',
      { from: uid('uncontrolled') },
      known('source', 'uncontrolled', 'uncontrolled'),
    ],
    [
      'a pod whose replica set is unknown belongs to the replica set',
      { from: uid('lost-set') },
      known('source', 'lost-set', 'not-found-replicaset', owner('apps/v1', 'replicasets', 'not-found-replicaset')),
    ],
    [
      'a pod of a replica set that nobody owns belongs to the replica set',
      { from: uid('lone-set') },
      known('source', 'lone-set', 'lone-replicaset', owner('apps/v1', 'replicasets', 'lone-replicaset')),
    ],
    [
      'a pod of a replication controller of a deployment config belongs to the config',
      { from: uid('by-config') },
      known('source', 'by-config', 'test-config', owner('apps.openshift.io/v1', 'deploymentconfigs', 'test-config')),
    ],
    [
      'a pod of a replication controller belongs to the controller',
      { from: uid('by-controller') },
      known('source', 'by-controller', 'alone-rc', owner('v1', 'replicationcontrollers', 'alone-rc')),
    ],
    [
      'a pod of a job belongs to the job',
      { from: uid('job-pod') },
      known('source', 'job-pod', 'test-job', owner('batch/v1', 'jobs', 'test-job')),
    ],
    [
      'a pod of a job of a cron job belongs to the cron job',
      { from: uid('cron-pod') },
      known('source', 'cron-pod', 'test-cron', owner('batch/v1', 'cronjobs', 'test-cron')),
    ],
    [
      'a pod of a daemon set belongs to the daemon set',
      { from: uid('daemon-pod') },
      known('source', 'daemon-pod', 'test-daemonset', owner('apps/v1', 'daemonsets', 'test-daemonset')),
    ],
    [
      'a pod of a replica set of whatever kind belongs to whatever it is',
      { from: uid('rollout-pod') },
      known('source', 'rollout-pod', 'test-rollout', owner('argoproj.io/v1alpha1', 'rollouts', 'test-rollout')),
    ],
    [
      'an owner that owns itself is followed for a while',
      { from: uid('circle-pod') },
      known('source', 'circle-pod', 'circle', owner('apps/v1', 'replicasets', 'circle')),
    ],
    [
      'the first container that declares the port is the container',
      { to: uid('test-pod'), port: 80n },
      { ...testPod, destinationContainerName: 'container1' },
    ],
    [
      'port 234 is that of container1',
      { to: uid('test-pod'), port: 234n },
      { ...testPod, destinationContainerName: 'container1' },
    ],
    ['a port that nobody declares has no container', { to: uid('test-pod'), port: 9n }, testPod],
    ['a port that is none has no container', { to: uid('test-pod'), port: 2n ** 64n + 80n }, testPod],
    ['an address finds its pod', { fromIp: '192.168.234.3', toIp: '10.10.10.1' }, { ...altPod, ...testPod }],
    [
      'an address in IPv6 finds its pod',
      { fromIp: '::ffff:192.168.234.3', toIp: 'fd00::1' },
      { ...altPod, ...testPod },
    ],
    ['an address as uid finds its pod', { to: '10.10.10.1' }, testPod],
    ['a uid without scheme finds its pod', { to: 'test-pod.testns' }, testPod],
    ['a uid with a slash finds its pod', { to: 'kubernetes://testns/test-pod' }, testPod],
    [
      'a pod may have dots in its name',
      { from: 'pod.with.dots.testns' },
      known('source', 'pod.with.dots', 'pod.with.dots'),
    ],
    ['a foreign scheme finds nothing', { from: 'badscheme://foobar', to: 'http://test-pod.testns' }, {}],
    ['a uid that nobody has finds nothing, whatever the address', { from: uid('nobody'), fromIp: '192.168.234.3' }, {}],
    ['no address in particular finds nothing', { fromIp: '0.0.0.0', toIp: '::' }, {}],
    ['an address in IPv6 of no address in particular finds nothing', { fromIp: '::ffff:0.0.0.0' }, {}],
    ['nothing finds nothing', { from: '', to: '', port: 80n }, {}],
    ['hostile names find nothing', { from: '__proto__', to: 'constructor' }, {}],
  ];
  for (const [title, ends, want] of cases) {
    it(title, () => assert.deepEqual(held.ask(ends), want));
  }

  it('makes the attributes of a pod once', () => {
    const [one, other] = [held.registry.byUid(uid('test-pod')), held.registry.byUid(uid('test-pod'))];
    assert.ok(one !== undefined && one === other);
  });
});

describe('pods that share an address', () => {
  const put = (cluster: FakeCluster, name: string, { hostNetwork = false, phase = 'Running' } = {}) =>
    cluster.put('pods', { metadata: { name }, spec: { hostNetwork }, status: { podIP: '10.0.0.1', phase } });
  const nameAt = async (cluster: FakeCluster): Promise<unknown> => {
    const { ask, close } = await holdCluster(cluster);
    const { sourcePodName } = ask({ fromIp: '10.0.0.1' });
    await close();
    return sourcePodName;
  };

  it('are told apart by which of them runs', async () => {
    const cluster = new FakeCluster();
    put(cluster, 'new');
    put(cluster, 'old', { phase: 'Succeeded' });
    assert.equal(await nameAt(cluster), 'new');
    cluster.remove('pods', { metadata: { name: 'new' } });
    assert.equal(await nameAt(cluster), 'old', 'its last reports may be under way');
  });

  it('are told apart by which of them has it to itself', async () => {
    const cluster = new FakeCluster();
    put(cluster, 'own');
    put(cluster, 'host', { hostNetwork: true });
    assert.equal(await nameAt(cluster), 'own');
  });

  it('on their node are not told apart, unless there is only one', async () => {
    const cluster = new FakeCluster();
    put(cluster, 'host', { hostNetwork: true });
    assert.equal(await nameAt(cluster), 'host');
    put(cluster, 'other-host', { hostNetwork: true });
    assert.equal(await nameAt(cluster), undefined);
  });
});
