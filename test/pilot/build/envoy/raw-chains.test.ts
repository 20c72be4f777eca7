import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildEnvoySnapshot } from '../../../../src/pilot/build/envoy/index.js';
import { createModel, type Registry } from '../../../../src/pilot/index.js';
import type { Instance, Service } from '../../../../src/pilot/model/service.js';
import { proxyOf } from '../../support.js';
import { describeChains } from './listeners.js';

const service = (name: string, given: Partial<Service> = {}): Service => ({
  ...{ hostname: `${name}.default.svc.cluster.local`, name, namespace: 'default', addresses: [] },
  ...{ ports: [{ name: 'tcp', number: 5432, protocol: 'TCP' }], resolution: 'PASSTHROUGH', isExternal: false },
  ...{ serviceAccounts: [], createdAt: 0, exportTo: [], labels: new Map(), uid: '', registry: 'kubernetes' },
  ...given,
});
const pod = (name: string, address: string): Instance => ({
  ...{ hostname: `${name}.default.svc.cluster.local`, namespace: 'default', portName: 'tcp', address, family: 'tcp' },
  ...{ port: 5432, labels: new Map(), locality: '', network: '', weight: 1, serviceAccount: '', uid: '' },
});

/** The snapshot of services that are called by the addresses of their instances. */
function headless(services: readonly Service[], instances: readonly Instance[]) {
  const registry: Registry = {
    name: 'kubernetes',
    services: () => services,
    instances: () => instances,
    onChange: () => () => undefined,
  };
  const problems: string[] = [];
  const view = createModel({ resources: [], registries: [registry] }).viewFor(proxyOf({ ips: ['10.9.9.9'] }));
  const snapshot = buildEnvoySnapshot(view, { version: '1', onProblem: (text) => problems.push(text) });
  return { snapshot, problems, names: [...snapshot.listener.keys()].filter((name) => name.endsWith('_5432')) };
}

describe('services without an address', () => {
  it('have a listener for each of their instances, and what nobody wants goes to the first of them', () => {
    const { snapshot, problems, names } = headless(
      [service('one'), service('two')],
      [pod('one', '10.1.0.2'), pod('one', '10.1.0.1'), pod('one', 'pod.example.com'), pod('two', '10.1.0.3')],
    );
    assert.deepEqual(names, ['0.0.0.0_5432', '10.1.0.1_5432', '10.1.0.2_5432', '10.1.0.3_5432']);
    const [one, two] = ['one', 'two'].map((name) => [`all => outbound|5432||${name}.default.svc.cluster.local`]);
    assert.deepEqual(describeChains(snapshot, '10.1.0.1_5432'), one);
    assert.deepEqual(describeChains(snapshot, '10.1.0.3_5432'), two);
    assert.deepEqual(describeChains(snapshot, '0.0.0.0_5432'), one);
    assert.deepEqual(problems, []);
  });

  it('leave what nobody wants to one that is called at any address', () => {
    const { snapshot, problems } = headless(
      [service('one'), service('two', { registry: 'consul', resolution: 'LISTED' })],
      [pod('one', '10.1.0.1')],
    );
    assert.deepEqual(describeChains(snapshot, '0.0.0.0_5432'), ['all => outbound|5432||two.default.svc.cluster.local']);
    assert.deepEqual(problems, []);
  });
});
