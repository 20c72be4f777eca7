import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EnvoyOptions } from '../../../../src/pilot/build/envoy/index.js';
import { resource } from '../../support.js';
import { describeChains, downstreamTlsOf, listenerOf, managerOf } from './listeners.js';
import { build } from './support.js';

const services = `---
kind: Services
metadata: { name: listed }
spec:
  services:
    - name: web
      ports: [{ name: http, port: 80 }, { name: tcp, port: 81 }, { name: https, port: 443 }, { name: any, port: 82 }, { name: grpc-web, port: 83 }]
      instances: [{ address: 10.1.0.2, ports: { http: 8080, tcp: 8081, https: 8443, any: 8082, grpc-web: 8083 } }]
`;
const own = { ips: ['10.1.0.2'] };
const certificates = { certificateFile: '/c', privateKeyFile: '/k', caFile: '/ca' };
const host = 'web.default.svc.cluster.local';
const of = (options: EnvoyOptions = {}, more = '') => build(services + more, own, options).snapshot;

describe('the listeners for the own workload', () => {
  it('are one for each port, with routes of their own where it speaks HTTP, and bytes where nobody says', () => {
    const snapshot = of();
    assert.deepEqual(describeChains(snapshot, '10.1.0.2_8080'), [`all => inline inbound|80|http|${host}`]);
    assert.deepEqual(describeChains(snapshot, '10.1.0.2_8081'), [`all => inbound|81|tcp|${host}`]);
    assert.deepEqual(describeChains(snapshot, '10.1.0.2_8443'), [`all => inbound|443|https|${host}`]);
    assert.deepEqual(describeChains(snapshot, '10.1.0.2_8082'), [`all => inbound|82|any|${host}`]);
    assert.deepEqual(snapshot.listener.get('10.1.0.2_8080')?.references, [
      { kind: 'cluster', name: `inbound|80|http|${host}` },
    ]);
  });

  it('have one virtual host for all', () => {
    const [chain] = listenerOf(of(), '10.1.0.2_8080').filterChains;
    const [virtualHost] = managerOf(chain!).routeConfig!.virtualHosts;
    assert.deepEqual([virtualHost?.name, virtualHost?.domains], ['inbound|http|80', ['*']]);
  });

  it('make gRPC of gRPC-Web', () => {
    const [chain] = listenerOf(of(), '10.1.0.2_8083').filterChains;
    assert.equal(managerOf(chain!).httpFilters[0]?.name, 'envoy.filters.http.grpc_web');
  });

  it('take mutual TLS beside plain calls, or alone, and pass on TLS of the workload itself', () => {
    const permissive = of({ certificates });
    assert.deepEqual(describeChains(permissive, '10.1.0.2_8080'), [
      `tls => TLS inline inbound|80|http|${host}`,
      `raw_buffer => inline inbound|80|http|${host}`,
    ]);
    assert.deepEqual(describeChains(permissive, '10.1.0.2_8443'), [
      `tls *.${host} => TLS inbound|443|https|${host}`,
      `all => inbound|443|https|${host}`,
    ]);
    const strict = of({ certificates, inboundTls: 'strict' });
    assert.deepEqual(describeChains(strict, '10.1.0.2_8081'), [`tls => TLS inbound|81|tcp|${host}`]);
    const { requireClientCertificate, commonTlsContext } = downstreamTlsOf(
      listenerOf(strict, '10.1.0.2_8080').filterChains[0]?.transportSocket,
    );
    assert.deepEqual(
      [
        requireClientCertificate,
        commonTlsContext?.validationContext?.trustedCa?.filename,
        commonTlsContext?.alpnProtocols,
      ],
      [true, '/ca', ['h2', 'http/1.1']],
    );
  });

  it('are what a Sidecar says, bound with captureMode NONE', () => {
    const ingress = (mode: string): string =>
      resource(
        'Sidecar',
        's',
        `{ ingress: [{ port: { number: 9000, name: http, protocol: HTTP }, captureMode: ${mode}, defaultEndpoint: "127.0.0.1:1" }], egress: [{ hosts: ["*/*"] }] }`,
      );
    const bound = of({}, ingress('NONE'));
    assert.deepEqual(
      [...bound.listener.keys()].filter((name) => name.startsWith('10.')),
      ['10.1.0.2_9000'],
    );
    assert.deepEqual(describeChains(bound, '10.1.0.2_9000'), ['all => inline inbound|9000|http|s.default']);
    assert.equal(listenerOf(bound, '10.1.0.2_9000').bindToPort, undefined);
    assert.equal(listenerOf(of({}, ingress('DEFAULT')), '10.1.0.2_9000').bindToPort, false);
  });

  it('may be sockets of the machine, of which there is one for each path that is not too long', () => {
    const ingress = (port: number, bind: string, target = '127.0.0.1:8080'): string =>
      `{ port: { number: ${port}, protocol: HTTP, name: http }, bind: "unix://${bind}", defaultEndpoint: "${target}" }`;
    const long = `/${'x'.repeat(120)}`;
    const ports = [ingress(80, '/a'), ingress(81, long), ingress(82, '/c', `unix://${long}`)];
    const egress = '{ port: { number: 1, protocol: HTTP, name: http }, bind: "unix:///a", hosts: ["*/*"] }';
    const yaml = resource('Sidecar', 's', `{ ingress: [${ports.join()}], egress: [${egress}, { hosts: ["*/*"] }] }`);
    const { snapshot, problems } = build(services + yaml, own);
    const { address, bindToPort } = listenerOf(snapshot, '/a_80');
    assert.deepEqual([address?.pipe?.path, bindToPort], ['/a', undefined]);
    assert.deepEqual(
      [...snapshot.listener.keys()].filter((name) => /^[/u]/.test(name)),
      ['/a_80'],
    );
    assert(![...snapshot.cluster.keys()].some((name) => /^inbound\|8[12]/.test(name)));
    assert.deepEqual(
      problems.filter((problem) => problem.includes('a socket is too long')),
      [81, 82].map((port) => `port ${port} of s.default: the path of a socket is too long: unix://${long}`),
    );
    assert(problems.includes('/a is left out: /a_80 has its place'), problems.join());
  });
});
