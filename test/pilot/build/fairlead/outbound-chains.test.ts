import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildProxyConfig } from '../../../../src/pilot/build/fairlead/index.js';
import { createModel, type Registry } from '../../../../src/pilot/index.js';
import type { Instance, Service } from '../../../../src/pilot/model/service.js';
import { proxyOf } from '../../support.js';

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
