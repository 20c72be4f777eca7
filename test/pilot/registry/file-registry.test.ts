import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFileRegistry, type Instance } from '../../../src/pilot/index.js';
import { resource, servicesOf, storeOf } from '../support.js';

const entry = (spec: string): string => resource('ServiceEntry', 'e', spec);
const http = 'ports: [{ number: 80, name: http, protocol: http }]';
const registryOf = (yaml: string) => createFileRegistry(storeOf(yaml));
const show = (instances: readonly Instance[]): string[] =>
  instances.map(({ hostname, portName, address, port }) => `${hostname} ${portName} ${address} ${port}`);

describe('a ServiceEntry', () => {
  it('is a service for each host', () => {
    const registry = registryOf(entry(`{ hosts: [A.com, "*.b.com"], addresses: [10.0.0.0/8], ${http} }`));
    const [a, b] = registry.services();
    assert.deepEqual(
      { ...a, labels: undefined },
      {
        hostname: 'a.com',
        name: 'a.com',
        namespace: 'default',
        addresses: ['10.0.0.0/8'],
        ports: [{ name: 'http', number: 80, protocol: 'HTTP' }],
        resolution: 'PASSTHROUGH',
        isExternal: true,
        serviceAccounts: [],
        createdAt: 0,
        exportTo: [],
        labels: undefined,
        uid: '',
        registry: 'file',
      },
    );
    assert.equal(b?.hostname, '*.b.com');
    assert.deepEqual(registry.instances(), []);
  });

  it('with endpoints has an instance for each host, endpoint and port', () => {
    const ports = 'ports: [{ number: 80, name: http, protocol: HTTP }, { number: 90, name: grpc, protocol: GRPC }]';
    const registry = registryOf(
      entry(`{ hosts: [a.com, b.com], ${ports}, resolution: STATIC, location: MESH_INTERNAL,
        endpoints: [{ address: 10.0.0.1, ports: { http: 8080 }, labels: { v: "1" }, locality: us/a, network: net, weight: 5 },
          { address: 10.0.0.2 }] }`),
    );
    assert.deepEqual(show(registry.instances()), [
      'a.com http 10.0.0.1 8080',
      'a.com grpc 10.0.0.1 90',
      'a.com http 10.0.0.2 80',
      'a.com grpc 10.0.0.2 90',
      'b.com http 10.0.0.1 8080',
      'b.com grpc 10.0.0.1 90',
      'b.com http 10.0.0.2 80',
      'b.com grpc 10.0.0.2 90',
    ]);
    const [first, , third] = registry.instances();
    assert.deepEqual(
      [first?.labels.get('v'), first?.locality, first?.network, first?.weight, third?.weight],
      ['1', 'us/a', 'net', 5, 1],
    );
    assert.equal(registry.services()[0]?.isExternal, false);
  });

  it('that names a host twice is one service for it', () => {
    const yaml = entry(`{ hosts: [a.com, A.com, a.com], ${http}, resolution: DNS }`);
    const registry = registryOf(yaml);
    assert.deepEqual(show(registry.instances()), ['a.com http a.com 80']);
    assert.equal(registry.services().length, 1);
  });

  it('by DNS without endpoints runs at its hosts', () => {
    const registry = registryOf(entry(`{ hosts: [a.com, b.com], ${http}, resolution: DNS }`));
    assert.deepEqual(show(registry.instances()), ['a.com http a.com 80', 'b.com http b.com 80']);
    assert.equal(registry.services()[0]?.resolution, 'DNS');
  });

  it('at a socket has no port', () => {
    const registry = registryOf(
      entry(`{ hosts: [a.com], ${http}, resolution: STATIC, endpoints: [{ address: "unix:///s" }] }`),
    );
    assert.deepEqual(show(registry.instances()), ['a.com http /s 0']);
    assert.equal(registry.instances()[0]?.family, 'unix');
  });
});

describe('a list of services', () => {
  const yaml = `kind: Services
metadata: { name: s, namespace: shop }
spec:
  services:
    - name: reviews
      address: 10.1.0.1
      labels: { app: reviews }
      ports: [{ name: http, port: 80 }, { name: x, port: 90, protocol: grpc-web }]
      instances:
        - { address: 10.0.0.1, ports: { x: 9090 }, labels: { version: v1 }, serviceAccount: r }
        - { address: 10.0.0.2, serviceAccount: r, weight: 2 }
    - { name: web, namespace: other, hostname: Web.com, external: true, ports: [{ name: web, port: 80 }] }`;

  it('gives services with full names and protocols', () => {
    const [reviews, web] = registryOf(yaml).services();
    assert.equal(reviews?.hostname, 'reviews.shop.svc.cluster.local');
    assert.equal(reviews.uid, 'istio://shop/services/reviews');
    assert.deepEqual(
      reviews.ports.map(({ protocol }) => protocol),
      ['HTTP', 'GRPC-Web'],
    );
    assert.deepEqual(reviews.serviceAccounts, ['r']);
    assert.deepEqual(reviews.addresses, ['10.1.0.1']);
    assert.deepEqual(
      [web?.hostname, web?.namespace, web?.isExternal, web?.ports[0]?.protocol],
      ['web.com', 'other', true, 'AUTO'],
    );
  });

  it('gives instances for each port', () => {
    assert.deepEqual(show(registryOf(yaml).instances()), [
      'reviews.shop.svc.cluster.local http 10.0.0.1 80',
      'reviews.shop.svc.cluster.local x 10.0.0.1 9090',
      'reviews.shop.svc.cluster.local http 10.0.0.2 80',
      'reviews.shop.svc.cluster.local x 10.0.0.2 90',
    ]);
  });
});

describe('the file registry', () => {
  it('follows its store', () => {
    const store = storeOf(servicesOf(['a']));
    const registry = createFileRegistry(store);
    const before = registry.services();
    let calls = 0;
    const stop = registry.onChange(() => (calls += 1));
    store.set(servicesOf(['a', 'b']));
    assert.deepEqual([calls, before.length, registry.services().length], [1, 1, 2]);
    stop();
    store.set(servicesOf([]));
    assert.deepEqual([calls, registry.services().length], [1, 0]);
  });

  it('gives the same as long as nothing changes', () => {
    const registry = registryOf(servicesOf(['a']));
    assert.equal(registry.services(), registry.services());
  });

  it('keeps the last sound version of what breaks', () => {
    const store = storeOf(servicesOf(['a']));
    const registry = createFileRegistry(store);
    registry.services();
    store.set(servicesOf(['a_b']));
    assert.deepEqual(
      registry.services().map(({ name }) => name),
      ['a'],
    );
    store.set('');
    assert.deepEqual(registry.services(), []);
  });
});
