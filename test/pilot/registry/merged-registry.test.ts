import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFileRegistry } from '../../../src/pilot/index.js';
import { mergeRegistries, type MergeOptions } from '../../../src/pilot/registry/merged-registry.js';
import type { Registry } from '../../../src/pilot/registry/registry.js';
import type { RegistryChange } from '../../../src/pilot/registry/tracked-registry.js';
import { MemoryLog } from '../../support/memory-log.js';
import { resource, storeOf } from '../support.js';
import { knownOf, manualTiming, serviceOf, ToldRegistry } from './support.js';

function merge(registries: readonly Registry[], options: Partial<MergeOptions> = {}) {
  const { time, timing } = manualTiming();
  const log = new MemoryLog();
  const changes: RegistryChange[] = [];
  const merged = mergeRegistries({ registries, timing, log, ...options });
  merged.onChange((change) => changes.push(change));
  const addresses = (): string[] => merged.instances().map(({ address, portName }) => `${portName} ${address}`);
  return { time, log, changes, merged, addresses };
}

const twelve = Array.from({ length: 12 }, (_, index) => `10.0.0.${index + 1}`);

describe('merged registries', () => {
  it('give a service as the first one has it, with the instances and accounts of all', () => {
    const a = new ToldRegistry('a').tell(
      knownOf(serviceOf('x', { registry: 'a', serviceAccounts: ['one'] }), '1.1.1.1'),
    );
    const b = new ToldRegistry('b').tell(
      knownOf(serviceOf('x', { registry: 'b', serviceAccounts: ['two'] }), '2.2.2.2'),
    );
    const { merged, addresses } = merge([a, b]);
    assert.deepEqual(
      merged.services().map(({ registry, serviceAccounts }) => [registry, serviceAccounts]),
      [['a', ['one', 'two']]],
    );
    assert.deepEqual(addresses(), ['http 1.1.1.1', 'http 2.2.2.2']);
    assert.equal(merged.instanceCount, 2);
  });

  it('keep services of one host in several namespaces apart', () => {
    const a = new ToldRegistry().tell(knownOf(serviceOf('x'), '1.1.1.1'));
    const b = new ToldRegistry().tell(knownOf(serviceOf('x', { namespace: 'other' }), '2.2.2.2'));
    const { merged } = merge([a, b]);
    assert.deepEqual([...merged.keys()], ['default/x', 'other/x']);
  });

  it('remove duplicates within a registry and across them', () => {
    const a = new ToldRegistry().tell(knownOf(serviceOf('x'), '1.1.1.1', '1.1.1.1'));
    const b = new ToldRegistry().tell(knownOf(serviceOf('x'), '1.1.1.1', '2.2.2.2'));
    assert.deepEqual(merge([a, b]).addresses(), ['http 1.1.1.1', 'http 2.2.2.2']);
  });

  it('call a port as the first one does, by its number, and leave out ports that it does not have', () => {
    const port = (name: string, number: number) => ({ ports: [{ name, number, protocol: 'HTTP' as const }] });
    const a = new ToldRegistry().tell(knownOf(serviceOf('x', port('http', 80)), '1.1.1.1'));
    const b = new ToldRegistry().tell(knownOf(serviceOf('x', port('web', 80)), '2.2.2.2'));
    const c = new ToldRegistry().tell(knownOf(serviceOf('x', port('admin', 90)), '3.3.3.3'));
    assert.deepEqual(merge([a, b, c]).addresses(), ['http 1.1.1.1', 'http 2.2.2.2']);
  });

  it('take a service from the next registry when the first one loses it', async () => {
    const a = new ToldRegistry().tell(knownOf(serviceOf('x', { registry: 'a' })));
    const b = new ToldRegistry().tell(knownOf(serviceOf('x', { registry: 'b' })));
    const { merged, time } = merge([a, b]);
    a.empty();
    await time.advance(20);
    assert.equal(merged.services()[0]?.registry, 'b');
  });

  it('find out what changed in a registry that does not tell', async () => {
    const entry = (name: string, address: string): string =>
      resource(
        'ServiceEntry',
        name,
        `{ hosts: [${name}.com], resolution: STATIC, ports: [{ number: 80, name: http, protocol: HTTP }],
          endpoints: [{ address: ${address} }] }`,
      );
    const store = storeOf(`${entry('a', '1.1.1.1')}\n---\n${entry('b', '1.1.1.2')}`);
    const { changes, time, merged } = merge([createFileRegistry(store)]);
    const before = merged.get('default/a.com');
    store.set(`${entry('a', '1.1.1.1')}\n---\n${entry('b', '1.1.1.3')}`);
    await time.advance(20);
    assert.deepEqual(
      changes.map(({ services, instances }) => [[...services], [...instances]]),
      [[[], ['default/b.com']]],
    );
    assert.equal(merged.get('default/a.com'), before);
  });
});

describe('changes of merged registries', () => {
  it('are told after a quiet, by service, and what was given before stays', async () => {
    const a = new ToldRegistry().tell(knownOf(serviceOf('x'), '1.1.1.1'), knownOf(serviceOf('y')));
    const { changes, time, merged, addresses } = merge([a]);
    const before = merged.instances();
    a.tell(knownOf(serviceOf('x'), '1.1.1.2'));
    a.tell(knownOf(serviceOf('z')));
    await time.advance(19);
    assert.deepEqual([changes.length, addresses()], [0, ['http 1.1.1.1']]);
    await time.advance(1);
    assert.deepEqual(
      changes.map(({ services, instances }) => [[...services], [...instances]]),
      [[['default/z'], ['default/x']]],
    );
    assert.deepEqual(addresses(), ['http 1.1.1.2']);
    assert.equal(before[0]?.address, '1.1.1.1');
  });

  it('that go back and forth within the quiet are none', async () => {
    const a = new ToldRegistry().tell(knownOf(serviceOf('x'), '1.1.1.1'));
    const { changes, time } = merge([a]);
    a.tell(knownOf(serviceOf('x')));
    a.tell(knownOf(serviceOf('x'), '1.1.1.1'));
    await time.advance(1000);
    assert.deepEqual([changes, time.pending], [[], 0]);
  });

  it('that never rest are told now and then', async () => {
    const a = new ToldRegistry().tell(knownOf(serviceOf('x'), '1.1.1.1'));
    const { changes, time } = merge([a]);
    for (let at = 0; at < 1010; at += 10) {
      a.tell(knownOf(serviceOf('x'), `10.0.${at >> 8}.${at & 255}`));
      await time.advance(10);
    }
    assert.equal(changes.length, 2);
  });

  it('do not come any more once it is closed', async () => {
    const a = new ToldRegistry();
    const listeners = new Set<() => void>();
    const plain: Registry = {
      name: 'plain',
      services: () => [],
      instances: () => [],
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    };
    const { changes, time, merged } = merge([a, plain]);
    assert.equal(listeners.size, 1);
    a.tell(knownOf(serviceOf('x')));
    merged.close();
    a.tell(knownOf(serviceOf('y')));
    await time.advance(1000);
    assert.deepEqual([changes, time.pending, listeners.size], [[], 0, 0]);
  });
});

describe('a registry that is suddenly empty', () => {
  it('keeps what it had for a while, with a warning, and is believed then', async () => {
    const a = new ToldRegistry('a').tell(knownOf(serviceOf('x'), ...twelve));
    const b = new ToldRegistry('b').tell(knownOf(serviceOf('y'), '1.1.1.1'));
    const { time, log, merged } = merge([a, b]);
    a.empty();
    await time.advance(59_000);
    assert.equal(merged.instanceCount, 13);
    assert.deepEqual(log.lines, [
      {
        level: 'warn',
        message: 'registry is suddenly empty, the last instances are kept',
        fields: { registry: 'a', instances: 12, millis: 60_000 },
      },
    ]);
    b.tell(knownOf(serviceOf('y'), '1.1.1.1', '1.1.1.2'));
    await time.advance(20);
    assert.equal(merged.instanceCount, 14);
    await time.advance(2000);
    assert.deepEqual(
      merged.services().map(({ hostname }) => hostname),
      ['y'],
    );
    assert.equal(log.lines.at(-1)?.message, 'registry is still empty and now believed');
    assert.equal(log.lines.length, 2);
  });

  it('is believed again as soon as it knows something', async () => {
    const a = new ToldRegistry('a').tell(knownOf(serviceOf('x'), ...twelve), knownOf(serviceOf('y')));
    const { time, log, merged, changes } = merge([a]);
    a.empty();
    await time.advance(1000);
    a.tell(knownOf(serviceOf('x'), ...twelve.slice(1)));
    await time.advance(20);
    assert.deepEqual([merged.instanceCount, [...merged.keys()]], [11, ['default/x']]);
    assert.equal(log.lines.at(-1)?.message, 'registry is not empty any more');
    assert.equal(changes.length, 1);
    assert.equal(time.pending, 0);
    a.empty();
    await time.advance(59_000);
    assert.equal(merged.instanceCount, 11);
  });

  it('is believed at once when it had few instances, or when that is wanted', async () => {
    const few = new ToldRegistry('a').tell(knownOf(serviceOf('x'), ...twelve.slice(2)));
    const first = merge([few]);
    few.empty();
    await first.time.advance(20);
    assert.equal(first.merged.instanceCount, 0);
    const many = new ToldRegistry('a').tell(knownOf(serviceOf('x'), ...twelve));
    const second = merge([many], { guard: { minInstances: 0, holdMillis: 0 } });
    many.empty();
    await second.time.advance(20);
    assert.equal(second.merged.instanceCount, 0);
  });
});
