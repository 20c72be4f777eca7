import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFileRegistry, createPilot, type FlavourBuilder } from '../../../src/pilot/index.js';
import { DiscoveryRequest } from '../../../src/gen/envoy/service/discovery/v3/discovery.js';
import { DiscoveryResponse } from '../../../src/gen/envoy/service/discovery/v3/discovery.js';
import { createResource, createSnapshot, type ResourceKind, typeUrls } from '../../../src/pilot/xds/index.js';
import { sotw } from '../../../src/pilot/xds/sotw.js';
import { ServiceTable } from '../../../src/pilot/registry/service-table.js';
import type { TrackedRegistry } from '../../../src/pilot/index.js';
import { ManualTime } from '../../support/manual-time.js';
import { resource, storeOf } from '../support.js';
import { instanceOf, serviceOf } from './support.js';

const log = { info: () => undefined, warn: () => undefined };
const nameOf = (host: string): string => `outbound|80||${host}`;

/** A flavour that counts what it makes: a cluster and endpoints for each service, and a listener of the own places. */
function countingFlavour(isLocal: boolean) {
  const made = { views: 0, endpoints: 0 };
  const builder: FlavourBuilder = {
    isLocal,
    build(view, { version }) {
      made.views += 1;
      const names = view.scope.services.map(({ hostname }) => nameOf(hostname));
      return createSnapshot(version, {
        cluster: names.map((name) => createResource('cluster', name, { value: Buffer.from(name) })),
        endpoints: names.map((name) => builder.endpoints!(view, name, undefined as never)!),
        listener: [createResource('listener', 'own', { value: Buffer.from(String(view.ownInstances.length)) })],
      });
    },
    endpoints(view, cluster) {
      made.endpoints += 1;
      const service = view.scope.services.find(({ hostname }) => nameOf(hostname) === cluster);
      const places = view.endpoints({ service: service!, port: service!.ports[0]! }).flatMap((one) => one.instances);
      return createResource('endpoints', cluster, { value: Buffer.from(places.map((one) => one.address).join()) });
    },
  };
  return { made, builder };
}

function rig({ yaml = '', services = 3, isLocal = false } = {}) {
  const time = new ManualTime();
  const table = new ServiceTable();
  const hosts = Array.from({ length: services }, (_, at) => `s${at}.default.svc.cluster.local`);
  const known = (host: string, ...addresses: string[]) =>
    [
      `default/${host}`,
      { service: serviceOf(host), instances: addresses.map((one) => instanceOf(host, one)) },
    ] as const;
  table.update(hosts.map((host) => known(host, '10.0.0.1')));
  const registry: TrackedRegistry = {
    name: 'test',
    get instanceCount() {
      return table.instanceCount;
    },
    keys: () => table.keys(),
    get: (key) => table.get(key),
    services: () => table.services(),
    instances: () => table.instances(),
    onChange: (listener) => table.onChange(listener),
  };
  const store = storeOf(yaml);
  const { made, builder } = countingFlavour(isLocal);
  const told: string[][] = [];
  const pilot = createPilot({
    store,
    registries: [createFileRegistry(store), registry],
    env: { now: () => time.clock.now(), after: (millis, work) => time.after(millis, work), random: () => 0, log },
    version: '1',
    flavours: { grpc: builder },
    onDiagnostics: (found) => told.push(found.map(({ message }) => message)),
  });
  const connect = (id: string, ip = '', labels = {}) => {
    const seen: string[] = [];
    const node = { id: `sidecar~${ip}~${id}~default.svc.cluster.local`, cluster: '', locality: '', agent: 'grpc' };
    const connection = pilot.xds.connect({ ...node, metadata: { LABELS: labels } }, sotw, {
      write(message, done) {
        const { typeUrl, resources, nonce, versionInfo } = DiscoveryResponse.decode(message);
        const kind = (Object.keys(typeUrls) as ResourceKind[]).find((one) => typeUrls[one] === typeUrl)!;
        seen.push(`${kind} ${resources.map(({ value }) => value.toString()).join(' ')}`);
        queueMicrotask(() => {
          ask(kind, names.get(kind) ?? [], { nonce, version: versionInfo });
          done();
        });
      },
      stall: () => undefined,
      overflow: () => undefined,
    });
    const names = new Map<ResourceKind, string[]>();
    const ask = (kind: ResourceKind, wanted: string[] = [], last = { nonce: '', version: '' }): void => {
      names.set(kind, wanted);
      const request = { typeUrl: typeUrls[kind], resourceNames: wanted, responseNonce: last.nonce };
      connection.receive(DiscoveryRequest.create({ ...request, versionInfo: last.version }));
    };
    return { ...connection, ask, take: () => seen.splice(0) };
  };
  const move = (at: number, ...addresses: string[]): void => table.update([known(hosts[at]!, ...addresses)]);
  return { pilot, time, store, table, hosts, made, told, connect, move };
}

describe('a Pilot', () => {
  for (const services of [10, 20]) {
    it(`makes one resource again when one of ${services} services moves`, async () => {
      const { time, hosts, made, connect, move } = rig({ services });
      const client = connect('a.default');
      client.ask('endpoints', hosts.map(nameOf));
      await time.advance(0);
      assert.equal(client.take().length, 1);
      const before = { ...made };
      move(0, '10.0.0.1', '10.0.0.2');
      await time.advance(20 + 100);
      assert.deepEqual(client.take(), ['endpoints 10.0.0.1,10.0.0.2']);
      assert.deepEqual(made, { views: before.views, endpoints: before.endpoints + 1 });
      move(0, '10.0.0.3');
      move(1, '10.0.0.4');
      await time.advance(120);
      assert.deepEqual(client.take(), ['endpoints 10.0.0.3 10.0.0.4']);
    });
  }

  it('shares what it makes between proxies that see the same, and tells others apart', async () => {
    const { hosts, made, connect, time, move } = rig();
    const clients = [connect('a.default'), connect('b.default'), connect('c.default', '', { app: 'x' })];
    for (const client of clients) client.ask('endpoints', hosts.map(nameOf));
    await time.advance(0);
    assert.equal(made.views, 2);
    const { endpoints } = made;
    move(0, '10.0.0.9');
    await time.advance(120);
    assert.equal(made.endpoints, endpoints + 2);
    for (const client of clients) assert.equal(client.take().length, 2);
  });

  it('gives a client that comes after a move what is so now', async () => {
    const { hosts, connect, time, move } = rig();
    connect('a.default').ask('endpoints', hosts.map(nameOf));
    move(0, '10.0.0.9');
    await time.advance(120);
    const late = connect('b.default');
    late.ask('endpoints', [nameOf(hosts[0]!)]);
    assert.deepEqual(late.take(), ['endpoints 10.0.0.9']);
  });

  it('gives a client that comes between a move and its push both', async () => {
    const { hosts, connect, time, move } = rig({ isLocal: true });
    move(0, '10.0.0.1', '10.0.0.7');
    await time.advance(60);
    const client = connect('a.default', '10.0.0.7');
    client.ask('endpoints', [nameOf(hosts[0]!)]);
    client.ask('listener');
    await time.advance(60);
    assert.deepEqual(client.take(), ['endpoints 10.0.0.1', 'listener 0', 'endpoints 10.0.0.1,10.0.0.7', 'listener 1']);
  });

  it('makes all of a proxy again whose own workload has moved, and of no other', async () => {
    const { made, connect, time, move } = rig({ isLocal: true });
    const [own, other] = [connect('a.default', '10.0.0.7'), connect('b.default', '10.0.0.8')];
    for (const client of [own, other]) client.ask('listener');
    await time.advance(0);
    assert.deepEqual([own.take(), other.take()], [['listener 0'], ['listener 0']]);
    move(0, '10.0.0.1', '10.0.0.7');
    await time.advance(120);
    assert.deepEqual([own.take(), other.take()], [['listener 1'], []]);
    assert.equal(made.views, 3);
  });

  it('makes everything again for a service that comes, and for places that have to be looked up', async () => {
    const { hosts, table, made, connect, time, move } = rig();
    const client = connect('a.default');
    client.ask('cluster');
    await time.advance(0);
    const host = 'new.default.svc.cluster.local';
    table.update([[`default/${host}`, { service: serviceOf(host), instances: [] }]]);
    await time.advance(120);
    assert.match(client.take()[1] ?? '', /outbound\|80\|\|new/);
    assert.equal(made.views, 2);
    move(0, 'db.example.com');
    await time.advance(120);
    assert.equal(made.views, 3);
    assert.equal(hosts.length, 3);
  });

  it('keeps the places of a registry that is suddenly empty', async () => {
    const { hosts, table, connect, time } = rig({ services: 12 });
    const client = connect('a.default');
    client.ask('endpoints', [nameOf(hosts[0]!)]);
    await time.advance(0);
    client.take();
    table.update(hosts.map((host) => [`default/${host}`, undefined]));
    await time.advance(1000);
    assert.deepEqual(client.take(), []);
    const late = connect('b.default');
    late.ask('endpoints', [nameOf(hosts[0]!)]);
    assert.deepEqual(late.take(), ['endpoints 10.0.0.1']);
  });

  it('does not push what only Mixer reads, and tells what is wrong with anything', async () => {
    const { store, pilot, time, told } = rig();
    store.set(resource('rule', 'r', '{ match: "true" }'));
    await time.advance(200);
    assert.equal(pilot.lastPush.number, 1);
    store.set(resource('VirtualService', 'v', '{ hosts: [] }'));
    await time.advance(200);
    assert.equal(pilot.lastPush.number, 2);
    assert.match(told.at(-1)?.[0] ?? '', /must have/);
    assert.match(pilot.lastPush.version, /Z\/2$/);
  });

  it('forgets views that nobody has, but for some', () => {
    const { pilot, connect } = rig();
    for (let at = 0; at < 300; at += 1) connect('a.default', '', { at: String(at) }).close();
    assert.equal(pilot.clients.count, 0);
    const { views } = pilot;
    assert(views <= 100, String(views));
  });

  it('keeps a client of a flavour that is not made as it is', () => {
    const { pilot } = rig();
    const node = { id: 'x', cluster: '', locality: '', agent: 'envoy', metadata: {} };
    const connection = pilot.xds.connect(node, sotw, {
      write: () => assert.fail(),
      stall: () => undefined,
      overflow: () => undefined,
    });
    connection.receive(DiscoveryRequest.create({ typeUrl: typeUrls.cluster }));
    connection.close();
  });
});
