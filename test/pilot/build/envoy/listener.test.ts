import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TrafficDirection } from '../../../../src/gen/envoy/config/core/v3/base.js';
import { buildEnvoySnapshot } from '../../../../src/pilot/build/envoy/index.js';
import { modelOf, proxyOf, resource, servicesOf } from '../../support.js';
import { meshConfig } from '../../../support/mesh/services.js';
import { describeChains, listenerOf } from './listeners.js';
import { build } from './support.js';

const services = `---
kind: Services
metadata: { name: listed }
spec:
  services:
    - { name: web, address: 10.0.0.1, ports: [{ name: http, port: 80 }], instances: [{ address: 10.1.0.2, ports: { http: 8080 } }] }
    - { name: sql, address: 10.0.0.2, ports: [{ name: mysql, port: 3306 }] }
    - { name: bytes, ports: [{ name: tcp, port: 7000 }] }
    - { name: safe, address: 10.0.0.4, ports: [{ name: https, port: 443 }] }
`;
const own = { ips: ['10.1.0.2'] };
const none = { interception: 'none' } as const;
const cluster = (name: string, port: number): string => `outbound|${port}||${name}.default.svc.cluster.local`;

describe('the listeners of a sidecar', () => {
  it('are reached by two virtual ones where calls are redirected', () => {
    const { snapshot } = build(services + meshConfig(), own);
    const names = ['0.0.0.0_443', '0.0.0.0_7000', '0.0.0.0_80', '10.0.0.2_3306', '10.1.0.2_8080', '127.0.0.1_15002'];
    assert.deepEqual([...snapshot.listener.keys()].sort(), [...names, 'virtualInbound', 'virtualOutbound']);
    for (const name of snapshot.listener.keys()) {
      const { bindToPort, useOriginalDst } = listenerOf(snapshot, name);
      const isBound = name === '127.0.0.1_15002' || name.startsWith('virtual');
      assert.deepEqual(
        [name, bindToPort, useOriginalDst],
        [name, isBound ? undefined : false, name.startsWith('virtual') || undefined],
      );
    }
  });

  it('send on what no listener is for, or end it, but never call themselves', () => {
    const closed = build(services + meshConfig(), own).snapshot;
    assert.deepEqual(describeChains(closed, 'virtualOutbound'), [
      ':15001 => BlackHoleCluster',
      'all => BlackHoleCluster',
    ]);
    assert.deepEqual(describeChains(closed, 'virtualInbound'), [
      ':15006 => BlackHoleCluster',
      'all => InboundPassthroughClusterIpv4',
    ]);
    const open = build(services + meshConfig('outboundTrafficPolicy: { mode: ALLOW_ANY }'), own).snapshot;
    assert.deepEqual(describeChains(open, 'virtualOutbound').at(-1), 'all => PassthroughCluster');
  });

  it('are all bound, at loopback, where nothing redirects calls', () => {
    const { snapshot } = build(services + meshConfig(), own, none);
    const outbound = ['127.0.0.1_15002', '127.0.0.1_3306', '127.0.0.1_443', '127.0.0.1_7000', '127.0.0.1_80'];
    assert.deepEqual([...snapshot.listener.keys()], ['10.1.0.2_8080', ...outbound]);
    for (const name of snapshot.listener.keys()) assert.equal(listenerOf(snapshot, name).bindToPort, undefined);
  });

  it('are really where the options say, by the same names', () => {
    const options = { ...none, outboundAddress: '127.0.0.7', bindPort: (port: number) => port + 10_000 };
    const { address } = listenerOf(build(services, own, options).snapshot, '127.0.0.1_80');
    assert.deepEqual(address?.socketAddress, { address: '127.0.0.7', portValue: 10_080 });
  });

  it('tell which way calls go, and need their routes and clusters', () => {
    const { snapshot } = build(services, own);
    const { INBOUND, OUTBOUND } = TrafficDirection;
    assert.equal(listenerOf(snapshot, '10.1.0.2_8080').trafficDirection, INBOUND);
    assert.equal(listenerOf(snapshot, '0.0.0.0_80').trafficDirection, OUTBOUND);
    assert.deepEqual(snapshot.listener.get('0.0.0.0_80')?.references, [{ kind: 'route', name: '80' }]);
    assert.deepEqual(snapshot.listener.get('10.0.0.2_3306')?.references, [
      { kind: 'cluster', name: cluster('sql', 3306) },
    ]);
  });

  it('wait for a client to speak only where a server might not', () => {
    const mixed =
      servicesOf(['a'], '{ name: tcp, port: 443 }') +
      resource(
        'ServiceEntry',
        'b',
        '{ hosts: [b.com], ports: [{ number: 443, name: tls, protocol: TLS }], resolution: NONE }',
      );
    const waiting = listenerOf(build(mixed).snapshot, '0.0.0.0_443');
    assert.deepEqual(
      [waiting.continueOnListenerFiltersTimeout, waiting.listenerFiltersTimeout],
      [true, { seconds: 0n, nanos: 100_000_000 }],
    );
    const safe = listenerOf(build(services, own).snapshot, '0.0.0.0_443');
    assert.deepEqual([safe.listenerFilters.length, safe.listenerFiltersTimeout], [1, undefined]);
    assert.deepEqual(listenerOf(build(services, own).snapshot, '0.0.0.0_80').listenerFilters, []);
  });

  it('are made once for all that see the mesh alike, as far as nothing of their own is in them', () => {
    const model = modelOf(services);
    const share = new Map<string, unknown>();
    const listenersOf = (ip: string, given: { readonly outboundAddress?: string } = {}) =>
      buildEnvoySnapshot(model.viewFor(proxyOf({ ips: [ip] })), { version: '1', share, ...given }).listener;
    const [one, other] = [listenersOf('10.1.0.2'), listenersOf('10.1.0.9')];
    assert.ok(one.get('10.0.0.2_3306'));
    for (const name of ['10.0.0.2_3306', '0.0.0.0_80', '127.0.0.1_15002']) assert.equal(one.get(name), other.get(name));
    assert.deepEqual(
      [one, other].map((map) => map.get('10.1.0.2_8080') !== undefined),
      [true, false],
    );
    const elsewhere = listenersOf('10.1.0.9', { outboundAddress: '127.0.0.9' });
    assert.notEqual(one.get('127.0.0.1_15002'), elsewhere.get('127.0.0.1_15002'));
  });
});

describe('what a Sidecar says', () => {
  const egress = (fields: string): string =>
    resource('Sidecar', 's', `{ egress: [{ ${fields}, hosts: ["*/*"] }, { hosts: ["*/*"] }] }`);
  const port = 'port: { number: 8081, name: http, protocol: HTTP }';

  it('is bound with captureMode NONE, and for redirected calls otherwise', () => {
    const bound = build(services + egress(`${port}, captureMode: NONE`), own).snapshot;
    assert.equal(listenerOf(bound, '127.0.0.1_8081').bindToPort, undefined);
    const redirected = build(services + egress(`${port}, bind: 10.5.0.1`), own).snapshot;
    assert.equal(listenerOf(redirected, '10.5.0.1_8081').bindToPort, false);
    assert.equal(listenerOf(build(services + egress(port), own).snapshot, '0.0.0.0_8081').bindToPort, false);
  });

  it('cannot be IPTABLES where there are none', () => {
    const { snapshot, problems } = build(services + egress(`${port}, captureMode: IPTABLES`), own, none);
    assert.equal(
      [...snapshot.listener.keys()].some((name) => name.endsWith('_8081')),
      false,
    );
    assert.deepEqual(problems, ['port 8081 of a Sidecar wants redirected connections, which there are none of']);
  });

  it('may be a socket, if its path is one', () => {
    const { snapshot } = build(services + egress(`${port}, bind: "unix:///run/web"`), own);
    assert.deepEqual(listenerOf(snapshot, '/run/web').address?.pipe, { path: '/run/web' });
    assert.deepEqual(describeChains(snapshot, '/run/web'), ['all => routes /run/web']);
    const { problems } = build(services + egress(`${port}, bind: "unix:///${'a'.repeat(108)}"`), own);
    assert.deepEqual(problems, [`the path of a socket is too long: /${'a'.repeat(108)}`]);
  });

  it('is stronger than the ports of the proxy itself, but for its virtual listeners', () => {
    const { snapshot, problems } = build(
      services +
        egress('port: { number: 15002, name: tcp, protocol: TCP }, captureMode: NONE').replace(
          '*/*',
          './bytes.default.svc.cluster.local',
        ),
      own,
    );
    assert.deepEqual(describeChains(snapshot, '127.0.0.1_15002'), [`all => ${cluster('bytes', 7000)}`]);
    assert.deepEqual(problems, ['127.0.0.1_15002 is left out: 127.0.0.1_15002 has its place']);
  });

  it('leaves the port of the workload itself to it', () => {
    const instance = services.replace(
      'port: 7000 }]',
      'port: 7000 }], instances: [{ address: 127.0.0.9, ports: { tcp: 80 } }]',
    );
    const { snapshot, problems } = build(instance, { ips: ['127.0.0.9'] }, none);
    assert.equal(snapshot.listener.get('127.0.0.1_80'), undefined);
    assert.deepEqual(problems, ['the workload itself has port 80 of 127.0.0.1: nothing is called there']);
  });
});
