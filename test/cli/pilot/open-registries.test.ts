import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inNamespace } from '../../../src/cli/pilot/in-namespace.js';
import { openRegistries } from '../../../src/cli/pilot/open-registries.js';
import type { PilotFlags } from '../../../src/cli/pilot/pilot-flags.js';
import type { RegistryChange, TrackedRegistry } from '../../../src/pilot/index.js';
import { systemPilotEnv } from '../../../src/pilot/index.js';
import { ServiceTable } from '../../../src/pilot/registry/service-table.js';
import { instanceOf, serviceOf } from '../../pilot/server/support.js';
import { servicesOf, storeOf } from '../../pilot/support.js';

const env = systemPilotEnv({ info: () => undefined, warn: () => undefined });

describe('registries', () => {
  it('are opened in the order that the flags say, and at least one waits when it cannot be reached', async () => {
    const store = { ...storeOf(servicesOf(['a'])), start: () => Promise.resolve(), close: () => Promise.resolve() };
    const flags = { registries: ['consul', 'file'], consulserverURL: 'http://127.0.0.1:1' } as unknown as PilotFlags;
    const open = await openRegistries(flags, store, env);
    const { registries } = open;
    assert.deepEqual(registries.map(({ name }) => name), ['consul', 'file']); // prettier-ignore
    assert.deepEqual(open.waiting(), ['consul']);
    assert.equal(registries[1]?.services().length, 1);
    await open.close();
  });

  it('are limited to a namespace', () => {
    const table = new ServiceTable();
    const add = (namespace: string): void => {
      const host = `s.${namespace}.svc.cluster.local`;
      const instances = [instanceOf(host, '10.0.0.1', { namespace })];
      table.update([[`${namespace}/${host}`, { service: serviceOf(host, { namespace }), instances }]]);
    };
    add('a');
    add('b');
    const all = Object.assign(table, { name: 'k', ready: Promise.resolve(), close: () => Promise.resolve() });
    const one = inNamespace(all, 'a') as TrackedRegistry;
    assert.deepEqual(one.services().map(({ namespace }) => namespace), ['a']); // prettier-ignore
    assert.equal(one.instanceCount, 1);
    assert.equal(one.get('b/s.b.svc.cluster.local'), undefined);
    const seen: RegistryChange[] = [];
    one.onChange((change) => seen.push(change));
    add('c');
    assert.equal(seen.length, 0);
    table.update([['a/s.a.svc.cluster.local', undefined]]);
    assert.deepEqual([...(seen[0]?.services ?? [])], ['a/s.a.svc.cluster.local']);
    assert.equal(inNamespace(all, ''), all);
  });
});
