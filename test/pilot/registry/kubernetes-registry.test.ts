import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { connectKubeconfigText } from '../../../src/kube/index.js';
import type { Instance } from '../../../src/pilot/index.js';
import { openKubernetesRegistry } from '../../../src/pilot/registry/kubernetes/kubernetes-registry.js';
import { mergeRegistries } from '../../../src/pilot/registry/merged-registry.js';
import type { LiveRegistry, RegistryChange } from '../../../src/pilot/registry/tracked-registry.js';
import { type Certificate, kubeconfigOf, KubeServer, makeCertificate } from '../../support/kube-server.js';
import { MemoryLog } from '../../support/memory-log.js';
import { eventually, peer } from '../../support/peer.js';
import { tempFolder } from '../../support/temp-folder.js';
import { realTime } from './support.js';

const [services, endpoints, pods, nodes] = ['services', 'endpoints', 'pods', 'nodes'].map(
  (plural) => `/api/v1/${plural}`,
) as [string, string, string, string];
const slices = '/apis/discovery.k8s.io/v1/endpointslices';

const service = (name: string, spec: object = {}, metadata: object = {}) => ({
  metadata: { name, namespace: 'shop', ...metadata },
  spec: { clusterIP: '10.96.0.1', ports: [{ name: 'http-web', port: 80 }], ...spec },
});
const pod = (name: string, version: string, metadata: object = {}) => ({
  metadata: { name, namespace: 'shop', labels: { version }, ...metadata },
  spec: { serviceAccountName: 'front', nodeName: 'n1' },
});
const target = (name: string) => ({ targetRef: { kind: 'Pod', name, namespace: 'shop' } });
const slice = (name: string, of: string, places: readonly object[]) => ({
  metadata: { name, namespace: 'shop', labels: { 'kubernetes.io/service-name': of } },
  addressType: 'IPv4',
  endpoints: places,
  ports: [{ name: 'http-web', port: 8080 }],
});
const node = (name: string, zone: string) => ({
  metadata: { name, labels: { 'topology.kubernetes.io/region': 'us', 'topology.kubernetes.io/zone': zone } },
});
const show = ({ hostname, address, port, labels, locality, serviceAccount, uid }: Instance): string =>
  [hostname, `${address}:${port}`, labels.get('version'), locality, serviceAccount, uid].join(' ');

describe('the services of a cluster', peer('openssl', 'apt-get install openssl'), () => {
  const folder = tempFolder();
  const ending: (() => Promise<void>)[] = [];
  let certificate: Certificate;
  before(() => {
    certificate = makeCertificate(folder);
  });
  after(async () => {
    for (const end of ending.reverse()) await end();
  });

  async function startServer(): Promise<KubeServer> {
    const server = await KubeServer.start(certificate);
    ending.push(() => server.stop());
    return server;
  }

  function open(server: KubeServer, options: { readonly name?: string; readonly network?: string } = {}) {
    const log = new MemoryLog();
    const connection = connectKubeconfigText(kubeconfigOf(server), 'test');
    const registry = openKubernetesRegistry({ connection, timing: realTime, log, ...options });
    const changes: RegistryChange[] = [];
    registry.onChange((change) => changes.push(change));
    ending.push(() => registry.close());
    const until = (is: () => boolean) => eventually(() => Promise.resolve(is() ? true : undefined));
    const places = (): string[] => registry.instances().map(show);
    return { registry, log, changes, until, places };
  }

  const watching = (server: KubeServer, ...collections: readonly string[]) =>
    eventually(() => {
      return Promise.resolve(collections.every((one) => server.watching(one) > 0) ? true : undefined);
    });

  it('are there all at once, with what pods and nodes tell of their instances', async () => {
    const server = await startServer();
    server.put(services, service('web'));
    server.put(pods, pod('w1', 'v1'));
    server.put(nodes, node('n1', 'a'));
    server.put(slices, slice('web-1', 'web', [{ addresses: ['10.0.0.1'], ...target('w1') }]));
    const { registry, places, changes } = open(server, { network: 'net' });
    assert.deepEqual(registry.services(), []);
    await registry.ready;
    assert.equal(changes.length, 1);
    const [web] = registry.services();
    assert.deepEqual(web?.serviceAccounts, ['spiffe://cluster.local/ns/shop/sa/front']);
    assert.equal(web.registry, 'kubernetes');
    assert.deepEqual(places(), [
      'web.shop.svc.cluster.local 10.0.0.1:8080 v1 us/a spiffe://cluster.local/ns/shop/sa/front kubernetes://w1.shop',
    ]);
    assert.equal(registry.instances()[0]?.network, 'net');
  });

  it('follow slices, pods and nodes, each change touching only the services that it is about', async () => {
    const server = await startServer();
    for (let at = 0; at < 50; at += 1) {
      server.put(services, service(`s${at}`));
      server.put(slices, slice(`s${at}-1`, `s${at}`, [{ addresses: [`10.0.1.${at}`], ...target(`p${at}`) }]));
      server.put(pods, pod(`p${at}`, 'v1', { namespace: 'shop' }));
    }
    server.put(nodes, node('n1', 'a'));
    const { registry, changes, until } = open(server);
    await registry.ready;
    await watching(server, services, slices, pods, nodes);
    const [untouched] = [registry.get('shop/s8.shop.svc.cluster.local')];
    changes.length = 0;
    server.put(slices, slice('s7-1', 's7', [{ addresses: ['10.0.2.7'], ...target('p7') }]));
    await until(() => changes.length === 1);
    const key = 'shop/s7.shop.svc.cluster.local';
    assert.deepEqual([...changes[0]!.instances, ...changes[0]!.services], [key]);
    assert.equal(registry.get('shop/s8.shop.svc.cluster.local'), untouched);
    server.put(pods, pod('p7', 'v2'));
    await until(() => changes.length === 2);
    assert.deepEqual([...changes[1]!.instances], [key]);
    assert.equal(registry.get(key)?.instances[0]?.labels.get('version'), 'v2');
    // What nobody asks about is no change.
    server.put(pods, { ...pod('p7', 'v2'), status: { conditions: [{ type: 'Ready' }] } });
    server.put(nodes, node('n1', 'b'));
    await until(() => changes.length === 3);
    assert.equal(changes[2]!.instances.size, 50);
    assert.equal(registry.get(key)?.instances[0]?.locality, 'us/b');
    server.remove(services, 's7', 'shop');
    await until(() => changes.length === 4);
    assert.deepEqual([[...changes[3]!.services], registry.get(key)], [[key], undefined]);
    assert.equal(registry.instanceCount, 49);
  });

  it('add up slices and leave out places that are not ready or told twice', async () => {
    const server = await startServer();
    server.put(services, service('web'));
    const notReady = { addresses: ['10.0.0.3'], conditions: { ready: false } };
    server.put(slices, slice('web-1', 'web', [{ addresses: ['10.0.0.1'] }, notReady]));
    server.put(slices, slice('web-2', 'web', [{ addresses: ['10.0.0.2'] }, { addresses: ['10.0.0.1'] }]));
    const { registry, until } = open(server);
    await registry.ready;
    const addresses = () =>
      registry
        .instances()
        .map(({ address }) => address)
        .join();
    assert.equal(addresses(), '10.0.0.1,10.0.0.2');
    await watching(server, slices);
    server.remove(slices, 'web-1', 'shop');
    server.put(slices, slice('web-2', 'web', [{ addresses: ['10.0.0.2'] }]));
    await until(() => addresses() === '10.0.0.2');
  });

  it('come with endpoints where there are no slices', async () => {
    const server = await startServer();
    server.refusals.set(slices, { status: 404, message: 'not found' });
    server.put(services, service('web'));
    server.put(pods, { ...pod('w1', 'v1'), status: { podIP: '10.0.0.1' } });
    server.put(endpoints, {
      metadata: { name: 'web', namespace: 'shop' },
      subsets: [
        {
          addresses: [{ ip: '10.0.0.1' }],
          notReadyAddresses: [{ ip: '10.0.0.2' }],
          ports: [{ name: 'http-web', port: 8080 }],
        },
      ],
    });
    const { registry, places } = open(server);
    await registry.ready;
    assert.deepEqual(places(), [
      'web.shop.svc.cluster.local 10.0.0.1:8080 v1  spiffe://cluster.local/ns/shop/sa/front kubernetes://w1.shop',
    ]);
  });

  it('come with endpoints from when slices may be read no longer until they may again', async () => {
    const server = await startServer();
    server.put(services, service('web'));
    server.put(slices, slice('web-1', 'web', [{ addresses: ['10.0.0.1'] }]));
    server.put(services, service('api'));
    server.put(slices, slice('api-1', 'api', [{ addresses: ['10.0.0.3'] }]));
    const subsets = [{ addresses: [{ ip: '10.0.0.2' }], ports: [{ name: 'http-web', port: 8080 }] }];
    server.put(endpoints, { metadata: { name: 'web', namespace: 'shop' }, subsets });
    const { registry, until } = open(server);
    const addresses = (): string =>
      registry
        .instances()
        .map(({ address }) => address)
        .sort()
        .join();
    await registry.ready;
    await watching(server, slices);
    assert.equal(addresses(), '10.0.0.1,10.0.0.3');
    server.refusals.set(slices, { status: 403, message: 'forbidden' });
    server.endWatches();
    // Of a service that has no endpoints the old slices are all that is known.
    await until(() => addresses() === '10.0.0.2,10.0.0.3');
    server.put(slices, slice('web-1', 'web', [{ addresses: ['10.0.0.4'] }]));
    server.refusals.delete(slices);
    await until(() => addresses() === '10.0.0.3,10.0.0.4');
  });

  it('are known without pods and nodes when these may not be read', async () => {
    const server = await startServer();
    for (const one of [pods, nodes]) server.refusals.set(one, { status: 403, message: 'forbidden' });
    server.put(services, service('web'));
    server.put(slices, slice('web-1', 'web', [{ addresses: ['10.0.0.1'], ...target('w1') }]));
    const { registry, places, log } = open(server);
    await registry.ready;
    assert.deepEqual(places(), ['web.shop.svc.cluster.local 10.0.0.1:8080    ']);
    assert.ok(log.lines.some(({ level, fields }) => level === 'warn' && fields['resource'] === 'pods'));
  });

  it('stay known while the server is away', async () => {
    const server = await startServer();
    server.put(services, service('web'));
    const { registry, changes } = open(server);
    await registry.ready;
    await watching(server, services, slices, pods, nodes);
    server.disconnect();
    await watching(server, services, slices, pods, nodes);
    assert.equal(changes.length, 1);
    assert.equal(registry.services().length, 1);
  });

  it('of several clusters are one', async () => {
    const opened: LiveRegistry[] = [];
    for (const at of [1, 2]) {
      const server = await startServer();
      server.put(services, service('web', { clusterIP: `10.96.0.${at}` }));
      server.put(slices, slice('web-1', 'web', [{ addresses: [`10.0.0.${at}`] }]));
      opened.push(open(server, { name: `cluster-${at}`, network: `net-${at}` }).registry);
    }
    await Promise.all(opened.map(({ ready }) => ready));
    const merged = mergeRegistries({ registries: opened, timing: realTime, log: new MemoryLog() });
    after(() => merged.close());
    assert.deepEqual(
      merged.services().map(({ registry, addresses }) => [registry, addresses]),
      [['cluster-1', ['10.96.0.1']]],
    );
    assert.deepEqual(
      merged.instances().map(({ address, network }) => `${address} ${network}`),
      ['10.0.0.1 net-1', '10.0.0.2 net-2'],
    );
  });
});
