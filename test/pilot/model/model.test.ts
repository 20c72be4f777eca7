import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createModel } from '../../../src/pilot/index.js';
import { formatDiagnostic } from '../../../src/util/diagnostics.js';
import { modelOf, proxyOf, resource, resourcesOf, servicesOf } from '../support.js';

const route = 'http: [{ route: [{ destination: { host: a } }] }]';

describe('createModel()', () => {
  it('makes a model of nothing', () => {
    const model = createModel({ resources: [], registries: [] });
    assert.deepEqual(model.diagnostics, []);
    assert.deepEqual(model.services.services, []);
    assert.equal(model.mesh.rootNamespace, 'istio-system');
    assert.deepEqual(model.viewFor(proxyOf()).scope.services, []);
  });

  it('passes over kinds that it does not read', () => {
    const yaml = 'kind: rule\nmetadata: {name: r}\nspec: {nonsense: 1}\n' + resource('handler', 'h', '{ x: y }');
    assert.deepEqual(modelOf(yaml).diagnostics, []);
  });

  it('tells what is wrong in the order of the places', () => {
    const model = modelOf(
      resource('Sidecar', 's', '{}') + resource('VirtualService', 'v', '{ hosts: [a], gateways: [none], http: [] }'),
    );
    assert.deepEqual(model.diagnostics.map(formatDiagnostic), [
      "f:4:7: error CONFIG_INVALID: must have an entry (Sidecar 's.default' egress)",
      "f:8:7: error CONFIG_INVALID: must have a rule under http, tls or tcp (VirtualService 'v.default')",
    ]);
  });

  it('leaves out what is broken and keeps the rest', () => {
    const model = modelOf(
      resource('VirtualService', 'broken', '{ hosts: [] }') +
        resource('VirtualService', 'sound', `{ hosts: [a], ${route} }`),
    );
    assert.deepEqual(
      model.virtualServices.map(({ config }) => config.name),
      ['sound'],
    );
  });

  it('keeps the last sound version of what breaks, as long as it is there', () => {
    const sound = modelOf(resource('VirtualService', 'v', `{ hosts: [a], ${route} }`));
    const broken = modelOf(resource('VirtualService', 'v', '{ hosts: [b] }'), sound);
    const still = modelOf(resource('VirtualService', 'v', '{ hosts: [c] }'), broken);
    const gone = modelOf('', still);
    const hosts = [sound, broken, still, gone].map((model) => model.virtualServices.map((one) => one.hosts[0]));
    const host = 'a.default.svc.cluster.local';
    assert.deepEqual(hosts, [[host], [host], [host], []]);
    assert.equal(still.diagnostics.length, 1);
  });

  it('puts registries together', () => {
    const yaml = (account: string, address: string, port: number): string =>
      `kind: Services
metadata: {name: s}
spec:
  services:
    - name: a
      ports: [{ name: http, port: ${port} }]
      instances: [{ address: ${address}, serviceAccount: ${account} }]`;
    const [one, two] = [modelOf(yaml('x', '10.0.0.1', 80)), modelOf(yaml('z', '10.0.0.2', 81))];
    const registries = [one, two].map((model, at) => ({
      name: `r${at}`,
      services: () => model.services.services,
      instances: () => model.services.services.flatMap((service) => model.services.instances(service)),
      onChange: () => () => undefined,
    }));
    const { services } = createModel({ resources: [], registries });
    assert.equal(services.services.length, 1);
    const [service] = services.services;
    assert(service !== undefined);
    assert.equal(service.ports[0]?.number, 80);
    assert.deepEqual(service.serviceAccounts, ['x', 'z']);
    assert.deepEqual(
      services.instances(service).map(({ address }) => address),
      ['10.0.0.1', '10.0.0.2'],
    );
    assert.deepEqual(
      services.instancesAt(['10.0.0.2']).map(({ port }) => port),
      [81],
    );
  });

  it('reads the mesh from its oldest MeshConfig, and says which ones do not count', () => {
    const model = modelOf(
      resource('MeshConfig', 'new default 2019-01-02T00:00:00Z', '{ rootNamespace: new }') +
        resource('MeshConfig', 'old default 2019-01-01T00:00:00Z', '{ rootNamespace: old, domain: example.org }') +
        servicesOf(['a']),
    );
    assert.equal(model.mesh.rootNamespace, 'old');
    assert.equal(model.services.services[0]?.hostname, 'a.default.svc.example.org');
    assert.deepEqual(
      model.diagnostics.map(({ severity, path }) => `${severity} ${path}`),
      ["warning MeshConfig 'new.default' metadata.name"],
    );
  });

  it('takes over where services run now, and stays what it was itself', () => {
    const model = modelOf(
      `kind: Services
metadata: {name: s}
spec:
  services:
    - { name: a, ports: [{ name: http, port: 80 }], instances: [{ address: 10.0.0.1 }, { address: 10.0.0.9 }] }
    - { name: b, ports: [{ name: http, port: 80 }], instances: [{ address: 10.0.0.9 }] }`,
    );
    const [a, b] = model.services.services;
    assert(a !== undefined && b !== undefined);
    const [first] = model.services.instances(a);
    assert(first !== undefined);
    const get = () => ({ service: a, instances: [{ ...first, address: '10.0.0.2' }] });
    const moved = model.withInstances(['default/a.default.svc.cluster.local'], { get });
    const gone = moved.withInstances(['default/a.default.svc.cluster.local'], { get: () => undefined });
    const places = ({ services }: typeof model): readonly string[][] => [
      services.instances(a).map(({ address }) => address),
      services.instances(b).map(({ address }) => address),
      services
        .instancesAt(['10.0.0.1', '10.0.0.2', '10.0.0.9'])
        .map(({ hostname, address }) => `${hostname[0]} ${address}`),
    ];
    assert.deepEqual(places(moved), [['10.0.0.2'], ['10.0.0.9'], ['a 10.0.0.2', 'b 10.0.0.9']]);
    assert.deepEqual(places(gone), [[], ['10.0.0.9'], ['b 10.0.0.9']]);
    assert.deepEqual(places(model), [
      ['10.0.0.1', '10.0.0.9'],
      ['10.0.0.9'],
      ['a 10.0.0.1', 'a 10.0.0.9', 'b 10.0.0.9'],
    ]);
    const proxy = proxyOf({ ips: ['10.0.0.2'] });
    assert.deepEqual(
      [model, moved, gone].map((one) => one.viewFor(proxy).ownInstances.length),
      [0, 1, 0],
    );
  });

  it('does not change with what it was made of', () => {
    const resources = [...resourcesOf(resource('VirtualService', 'v', `{ hosts: [a], ${route} }`))];
    const model = createModel({ resources, registries: [] });
    resources.length = 0;
    assert.equal(model.virtualServices.length, 1);
    assert(Object.isFrozen(model));
    assert(Object.isFrozen(model.services.services));
  });
});
