import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readCatalog, readHealth } from '../../../src/pilot/registry/consul/read-health.js';
import { healthEntry, type Registered } from './consul-server.js';

const read = (...places: readonly Registered[]) =>
  readHealth(
    places.map((place, at) => healthEntry('web', at, place)),
    'web',
    'consul',
  )!;

describe('a service of Consul', () => {
  it('has its host in the namespace default', () => {
    assert.deepEqual(read({}).service, {
      hostname: 'web.service.consul',
      name: 'web',
      namespace: 'default',
      addresses: [],
      ports: [{ name: 'tcp', number: 8080, protocol: 'TCP' }],
      resolution: 'LISTED',
      isExternal: false,
      serviceAccounts: [],
      createdAt: 0,
      exportTo: [],
      labels: new Map(),
      uid: 'istio://default/services/web',
      registry: 'consul',
    });
  });

  it('runs where its address says, else on its node, with labels from tags and the datacenter as locality', () => {
    const { instances } = read({ address: '10.0.0.1', tags: ['version|v1', 'plain', 'a|b|c'] }, { datacenter: 'dc2' });
    assert.deepEqual(
      instances.map(({ address, port, labels, locality }) => [address, port, [...labels], locality]),
      [
        ['10.0.0.1', 8080, [['version', 'v1']], 'dc1'],
        ['10.0.0.9', 8080, [], 'dc2'],
      ],
    );
  });

  it('has a port for each number, named by its protocol', () => {
    const places = [{ port: 90 }, { port: 80, meta: { protocol: 'http' } }, { port: 81, meta: { protocol: 'HTTP' } }];
    const { service, instances } = read(...places, { port: 0 }, { port: 70_000 });
    assert.deepEqual(
      service.ports.map(({ name, number, protocol }) => `${name} ${number} ${protocol}`),
      ['http 80 HTTP', 'http-81 81 HTTP', 'tcp 90 TCP'],
    );
    assert.deepEqual(
      instances.map(({ portName, port }) => `${portName} ${port}`),
      ['http 80', 'http-81 81', 'tcp 90'],
    );
  });

  it('is outside of the mesh when it or its node is marked so', () => {
    for (const place of [{ meta: { external: 'a.com' } }, { nodeMeta: { external: 'true' } }]) {
      const { service } = read(place);
      assert.deepEqual([service.isExternal, service.resolution], [true, 'PASSTHROUGH']);
    }
  });

  it('runs nowhere where a check fails, and with less weight where one warns', () => {
    const weights = { Passing: 10, Warning: 2 };
    const { service, instances } = read(
      { address: '10.0.0.1', checks: ['passing', 'critical'] },
      { address: '10.0.0.2', checks: ['passing', 'warning'], weights },
      { address: '10.0.0.3', weights },
      { address: '10.0.0.4', weights: { Passing: 0.5 } },
    );
    assert.deepEqual(
      instances.map(({ address, weight }) => `${address} ${weight}`),
      ['10.0.0.2 2', '10.0.0.3 10', '10.0.0.4 1'],
    );
    assert.equal(service.ports.length, 1);
  });

  it('that is registered twice at one place runs there once, and one that is registered nowhere is none', () => {
    assert.equal(read({ address: '10.0.0.1' }, { address: '10.0.0.1' }).instances.length, 1);
    assert.equal(readHealth([], 'web', 'consul'), undefined);
  });
});

describe('the catalog of Consul', () => {
  it('is read without regard to case and without names that are no part of a host', () => {
    const odd: string[] = [];
    const names = readCatalog(
      JSON.parse('{"web": [], "Web": [], "DB": [], "__proto__": [], "a b": [], "a..b": [], "": []}'),
      (name) => odd.push(name),
    );
    assert.deepEqual(
      [...names],
      [
        ['db', 'DB'],
        ['web', 'Web'],
        ['__proto__', '__proto__'],
      ],
    );
    assert.deepEqual(odd, ['', 'a b', 'a..b']);
    assert.throws(() => readCatalog([], () => undefined), /no object/);
  });
});
