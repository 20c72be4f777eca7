import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildLoadAssignment, isListed, isNamed } from '../../../../src/pilot/build/envoy/endpoint.js';
import { buildEnvoyEndpoints } from '../../../../src/pilot/build/envoy/index.js';
import type { LocalityGroup } from '../../../../src/pilot/model/localities.js';
import type { Instance } from '../../../../src/pilot/model/service.js';
import { resource, viewOf } from '../../support.js';
import { build, clusterOf } from './support.js';

const services = (instances: string): string =>
  resource(
    'Services',
    's',
    `{ services: [{ name: a, ports: [{ name: http, port: 80 }], instances: [${instances}] }] }`,
  );
const outliers = resource('DestinationRule', 'a', '{ host: a, trafficPolicy: { outlierDetection: {} } }');

function placesOf(instances: string, proxy = {}, more = '') {
  const { endpoints } = build(services(instances) + more, proxy).endpoints(clusterOf('a'));
  return endpoints.map(({ locality, priority, loadBalancingWeight, lbEndpoints }) => {
    const addresses = lbEndpoints.map(({ endpoint }) => endpoint?.address?.socketAddress?.address);
    return `${locality?.region ?? ''}/${locality?.zone ?? ''} ${priority} ${loadBalancingWeight} ${addresses.join()}`;
  });
}

const group = (instances: readonly Partial<Instance>[], given: Partial<LocalityGroup> = {}): LocalityGroup => ({
  locality: '',
  priority: 0,
  weight: instances.length,
  instances: instances.map((one) => ({ ...instance, ...one })),
  ...given,
});
const instance: Instance = {
  hostname: 'a',
  namespace: 'default',
  portName: 'http',
  address: '10.0.0.1',
  family: 'tcp',
  port: 80,
  labels: new Map(),
  locality: '',
  network: '',
  weight: 1,
  serviceAccount: '',
  uid: '',
};

describe('endpoints', () => {
  it('are in one place when none is known', () => {
    assert.deepEqual(placesOf('{ address: 10.0.0.2 }, { address: 10.0.0.1 }'), ['/ 0 2 10.0.0.1,10.0.0.2']);
  });

  it('are near ones first where unwell ones are told from others', () => {
    const instances = '{ address: 10.0.0.1, locality: r2/z1 }, { address: 10.0.0.2, locality: r1/z1 }';
    assert.deepEqual(placesOf(instances, { locality: 'r1/z1' }, outliers), [
      'r1/z1 0 1 10.0.0.2',
      'r2/z1 1 1 10.0.0.1',
    ]);
    assert.deepEqual(placesOf(instances, { locality: 'r1/z1' }), ['r1/z1 0 1 10.0.0.2', 'r2/z1 0 1 10.0.0.1']);
  });

  it('get the shares that the mesh gives to localities', () => {
    const mesh = resource(
      'MeshConfig',
      'mesh',
      '{ localityLbSetting: { distribute: [{ from: r1/*, to: { r1/z1: 70, r2/z1: 30 } }] } }',
    );
    const instances = ['r1/z1', 'r2/z1', 'r3/z1'].map((at, n) => `{ address: 10.0.0.${n}, locality: ${at} }`).join();
    const found = placesOf(instances, { locality: 'r1/z1' }, mesh);
    assert.deepEqual(found, ['r1/z1 0 70 10.0.0.0', 'r2/z1 0 30 10.0.0.1']);
    const { cluster } = build(services(instances) + mesh, { locality: 'r1/z1' });
    assert.ok(cluster(clusterOf('a')).commonLbConfig?.localityWeightedLbConfig);
  });

  it('are no place twice, and nothing that Envoy would refuse', () => {
    const long = { family: 'unix', address: `/${'x'.repeat(200)}`, port: 0 } as const;
    const socket = { family: 'unix', address: '/run/a.sock', port: 0 } as const;
    const { endpoints } = buildLoadAssignment('a', [group([{}, {}, { address: 'name' }, long, socket])], isListed);
    const places = endpoints.flatMap(({ lbEndpoints }) => lbEndpoints.map(({ endpoint }) => endpoint?.address));
    const found = places.map((place) => place?.pipe?.path ?? place?.socketAddress?.address);
    assert.deepEqual(found, ['/run/a.sock', '10.0.0.1']);
  });

  it('may be names where names are looked up', () => {
    const { endpoints } = buildLoadAssignment('a', [group([{ address: 'name' }])], isNamed);
    assert.equal(endpoints[0]?.lbEndpoints[0]?.endpoint?.address?.socketAddress?.address, 'name');
  });

  it('leave no gap between priorities, and have weights that fit', () => {
    const far = group([{ address: '10.0.0.2', weight: 1e12 }], { priority: 3, weight: 1e12, locality: 'b' });
    const nothing = group([{ address: 'name' }], { priority: 1, locality: 'a' });
    const { endpoints } = buildLoadAssignment('a', [group([{ weight: 0 }]), nothing, far], isListed);
    assert.deepEqual(
      endpoints.map(({ priority }) => priority),
      [0, 1],
    );
    assert.deepEqual(
      endpoints.map(({ lbEndpoints }) => lbEndpoints[0]?.loadBalancingWeight),
      // A ring has all places on it, those of several localities too.
      [1, 0x7fff_ffff],
    );
    const total = endpoints.reduce((sum, { loadBalancingWeight = 0 }) => sum + loadBalancingWeight, 0);
    assert.ok(total <= 0xffff_ffff);
  });

  it('tell who they are', () => {
    const { endpoints } = buildLoadAssignment('a', [group([{ uid: 'kubernetes://a.b', network: 'n' }])], isListed);
    const metadata = endpoints[0]?.lbEndpoints[0]?.metadata?.filterMetadata['istio'];
    assert.deepEqual(metadata, { uid: 'kubernetes://a.b', network: 'n' });
  });

  it('can be made for one cluster alone', () => {
    const view = viewOf(services('{ address: 10.0.0.1 }'));
    const { snapshot } = build(services('{ address: 10.0.0.1 }'));
    const alone = buildEnvoyEndpoints(view, clusterOf('a'));
    assert.equal(alone?.version, snapshot.endpoints.get(clusterOf('a'))?.version);
    assert.equal(buildEnvoyEndpoints(view, 'BlackHoleCluster'), undefined);
  });
});
