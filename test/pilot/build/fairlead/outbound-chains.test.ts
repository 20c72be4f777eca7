import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildProxyConfig } from '../../../../src/pilot/build/fairlead/index.js';
import { createModel, type Registry } from '../../../../src/pilot/index.js';
import type { Instance, Service } from '../../../../src/pilot/model/service.js';
import { modelOf, proxyOf } from '../../support.js';

const service = (name: string): Service => ({
  hostname: `${name}.default.svc.cluster.local`,
  name,
  namespace: 'default',
  addresses: [],
  ports: [{ name: 'tcp', number: 5432, protocol: 'TCP' }],
  resolution: 'PASSTHROUGH',
  isExternal: false,
  serviceAccounts: [],
  createdAt: 0,
  exportTo: [],
  labels: new Map(),
  uid: '',
  registry: 'kubernetes',
});
const pod = (name: string, address: string): Instance => ({
  ...{ hostname: `${name}.default.svc.cluster.local`, namespace: 'default', portName: 'tcp', address, family: 'tcp' },
  ...{ port: 5432, labels: new Map(), locality: '', network: '', weight: 1, serviceAccount: '', uid: '' },
});

test('services without an address are told apart by their pods, where connections say whom they call', () => {
  const instances = [
    pod('one', '10.1.0.2'),
    pod('one', '10.1.0.1'),
    pod('one', 'pod.example.com'),
    pod('two', 'fd00::1'),
  ];
  const registry: Registry = {
    name: 'kubernetes',
    services: () => [service('one'), service('two'), service('empty')],
    instances: () => instances,
    onChange: () => () => undefined,
  };
  const model = createModel({ resources: [], registries: [registry] });
  const problems: string[] = [];
  const { listeners } = buildProxyConfig(model, proxyOf(), { onProblem: (message) => problems.push(message) });
  const { chains } = listeners.find(({ name }) => name === 'virtualOutbound')!;
  const seen = chains.flatMap(({ name, match, tcp }) =>
    match?.destinationPort === 5432 ? [[name, match.destinationSubnets, tcp?.clusters[0]?.name.split('||')[1]]] : [],
  );
  assert.deepEqual(seen, [
    // One that nobody runs takes what is left.
    ['0.0.0.0_5432', [], 'empty.default.svc.cluster.local'],
    ['10.1.0.1_5432', ['10.1.0.1', '10.1.0.2'], 'one.default.svc.cluster.local'],
    ['fd00::1_5432', ['fd00::1'], 'two.default.svc.cluster.local'],
  ]);
  assert.deepEqual(problems, []);
});

/** Subnets, names and clusters of what leaves through a port, in order. */
function outbound(yaml: string, port: number): readonly string[] {
  const { listeners } = buildProxyConfig(modelOf(yaml), proxyOf());
  const { chains } = listeners.find(({ name }) => name === 'virtualOutbound')!;
  return chains.flatMap(({ match, tcp }) => {
    if (match?.destinationPort !== port || tcp === undefined) return [];
    const clusters = tcp.clusters.map(({ name }) => name.split('|').at(-1));
    return [[...match.serverNames, ...match.destinationSubnets, '=>', ...clusters].join(' ')];
  });
}

const resource = (kind: string, name: string, spec: string): string => `
---
apiVersion: networking.istio.io/v1alpha3
kind: ${kind}
metadata: { name: ${name}, namespace: default }
spec: ${spec}
`;
const entry = (name: string, address: string, protocol: string): string =>
  resource(
    'ServiceEntry',
    name,
    `{ hosts: [${name}.com], addresses: [${address}], resolution: DNS, ports: [{ number: 443, name: p, protocol: ${protocol} }] }`,
  );

test('rules for TLS hold at the addresses of their service too, which are looked at before names', () => {
  const rules = (match: string): string =>
    resource(
      'VirtualService',
      'a',
      `{ hosts: [a.com], tls: [{ match: [{ sniHosts: [a.com]${match} }], route: [{ destination: { host: b.com } }] }] }`,
    );
  const services = entry('a', '10.0.0.1', 'TLS') + entry('b', '10.0.0.2', 'TLS');
  const of = (match: string): readonly string[] => outbound(services + rules(match), 443).slice(0, 3);
  assert.deepEqual(of(''), ['a.com => b.com', 'a.com 10.0.0.1 => b.com', '10.0.0.1 => a.com']);
  assert.deepEqual(of(', destinationSubnets: [10.0.0.0/8]'), [
    'a.com 10.0.0.0/8 => b.com',
    'a.com 10.0.0.1 => b.com',
    '10.0.0.1 => a.com',
  ]);
  assert.deepEqual(of(', destinationSubnets: [11.0.0.0/8]').slice(0, 2), [
    'a.com 11.0.0.0/8 => b.com',
    '10.0.0.1 => a.com',
  ]);
});

test('rules for TCP hold at the addresses of their service that lie in their subnets', () => {
  const services = entry('a', '"10.0.0.1", "12.0.0.1"', 'TCP') + entry('b', '10.0.0.2', 'TCP');
  const rule =
    '{ hosts: [a.com], tcp: [{ match: [{ destinationSubnets: [10.0.0.0/8] }], route: [{ destination: { host: b.com } }] }] }';
  assert.deepEqual(outbound(services + resource('VirtualService', 'a', rule), 443).slice(0, 2), [
    '10.0.0.0/8 10.0.0.1 => b.com',
    '10.0.0.1 12.0.0.1 => a.com',
  ]);
});

test('of two services that one rule is for none loses anything to the other', () => {
  const services = entry('a', '10.0.0.1', 'TLS') + entry('b', '10.0.0.2', 'TLS');
  const rule = '{ match: [{ sniHosts: [a.com, b.com] }], route: [{ destination: { host: b.com } }] }';
  const yaml = services + resource('VirtualService', 'v', `{ hosts: [a.com, b.com], tls: [${rule}] }`);
  const problems: string[] = [];
  buildProxyConfig(modelOf(yaml), proxyOf(), { onProblem: (message) => problems.push(message) });
  assert.deepEqual(problems, []);
});
