import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import type { Timing } from '../../../src/kube/index.js';
import { type ConsulOptions, openConsulRegistry } from '../../../src/pilot/registry/consul/consul-registry.js';
import type { RegistryChange } from '../../../src/pilot/registry/tracked-registry.js';
import { MemoryLog } from '../../support/memory-log.js';
import { eventually } from '../../support/peer.js';
import { catalogPath, ConsulServer, healthPath } from './consul-server.js';
import { manualTiming, realTime } from './support.js';

describe('the services of Consul', () => {
  const ending: (() => Promise<void>)[] = [];
  after(async () => {
    for (const end of ending.reverse()) await end();
  });

  async function startServer(): Promise<ConsulServer> {
    const server = await ConsulServer.start();
    ending.push(() => server.stop());
    return server;
  }

  function open(server: ConsulServer, options: Partial<ConsulOptions> = {}) {
    const log = new MemoryLog();
    const registry = openConsulRegistry({ address: server.url, timing: realTime, log, ...options });
    const changes: RegistryChange[] = [];
    registry.onChange((change) => changes.push(change));
    ending.push(() => registry.close());
    const addresses = (): string[] => registry.instances().map(({ hostname, address }) => `${hostname} ${address}`);
    return { registry, log, changes, addresses };
  }

  const until = (is: () => boolean) => eventually(() => Promise.resolve(is() ? true : undefined));

  it('are there all at once, and follow the catalog and the health of each', async () => {
    const server = await startServer();
    server.put('web', { address: '10.0.0.1' });
    server.put('db', { address: '10.0.0.2' });
    const { registry, changes, addresses } = open(server);
    assert.deepEqual(registry.services(), []);
    await registry.ready;
    assert.equal(changes.length, 1);
    assert.deepEqual(addresses().sort(), ['db.service.consul 10.0.0.2', 'web.service.consul 10.0.0.1']);
    await until(() => server.waiting === 3);
    server.put('web', { address: '10.0.0.1' }, { address: '10.0.0.3' });
    await until(() => changes.length === 2);
    assert.deepEqual([[...changes[1]!.services], [...changes[1]!.instances]], [[], ['default/web.service.consul']]);
    server.put('new', { address: '10.0.0.4' });
    await until(() => addresses().includes('new.service.consul 10.0.0.4'));
    server.remove('db');
    await until(() => registry.get('default/db.service.consul') === undefined);
    await until(() => server.waiting === 3);
    assert.equal(registry.instanceCount, 3);
    const [first, second] = server.questions(catalogPath);
    assert.deepEqual([first?.query.has('index'), second?.query.get('wait')], [false, '60000ms']);
  });

  it('are asked for with token and datacenter', async () => {
    const server = await startServer();
    server.token = 'secret';
    server.put('my svc', {});
    server.put('web', { address: '10.0.0.1' });
    const { registry, log } = open(server, { token: 'secret', datacenter: 'dc2' });
    await registry.ready;
    assert.equal(registry.services().length, 1);
    for (const { query, headers } of server.asked) {
      assert.deepEqual([query.get('dc'), headers['x-consul-token']], ['dc2', 'secret']);
    }
    assert.deepEqual(
      log.lines.filter(({ level }) => level === 'warn').map(({ fields }) => fields['service']),
      ['my svc'],
    );
  });

  it('take turns when there are more than may be asked about at once', async () => {
    const server = await startServer();
    for (let at = 0; at < 4; at += 1) server.put(`s${at}`, { address: `10.0.0.${at}` });
    const { registry, addresses } = open(server, { concurrency: 4 });
    await registry.ready;
    await until(() => server.waiting === 5);
    // All places are taken by questions that wait for a minute.
    server.put('s4', { address: '10.0.0.4' });
    await until(() => addresses().includes('s4.service.consul 10.0.0.4'));
    server.put('s2', { address: '10.0.0.22' });
    await until(() => addresses().includes('s2.service.consul 10.0.0.22'));
    assert.equal(registry.instanceCount, 5);
    assert.ok(server.mostOpen <= 6, `${server.mostOpen} at once`);
    const turns = server.questions(healthPath('s4')).map(({ query }) => query.get('wait'));
    assert.ok(
      turns.every((wait) => wait === null || wait === '500ms'),
      turns.join(),
    );
  });

  it('are asked for anew when the index goes back', async () => {
    const server = await startServer();
    server.put('web', { address: '10.0.0.1' });
    const { registry, addresses } = open(server);
    await registry.ready;
    await until(() => server.waiting === 2);
    server.rewind();
    await until(() => server.waiting === 2);
    const indexes = server.questions(catalogPath).map(({ query }) => query.get('index'));
    assert.deepEqual(indexes.slice(0, 4), [null, '12', null, '2']);
    server.put('web', { address: '10.0.0.2' });
    await until(() => addresses()[0] === 'web.service.consul 10.0.0.2');
  });

  it('stay known while Consul is away, with one warning', async () => {
    const server = await startServer();
    server.put('web', { address: '10.0.0.1' });
    const { registry, log, changes, addresses } = open(server);
    await registry.ready;
    await until(() => server.waiting === 2);
    server.answers.set(catalogPath, { status: 500, body: 'no cluster leader' });
    server.answers.set(healthPath('web'), { status: 500, body: 'no cluster leader' });
    server.put('web', { address: '10.0.0.2' });
    server.put('other', {});
    await until(() => log.lines.some(({ level }) => level === 'warn'));
    assert.equal(changes.length, 1);
    assert.match(JSON.stringify(log.lines.at(-1)?.fields), /status 500: no cluster leader/);
    server.answers.clear();
    await until(() => addresses().includes('web.service.consul 10.0.0.2'));
    await until(() => log.lines.at(-1)?.message === 'consul answers again');
    assert.equal(log.lines.filter(({ level }) => level === 'warn').length, 1);
  });

  it('are not held up by one that cannot be had, nor by answers that are no answers', async () => {
    const server = await startServer();
    for (const [name, body] of [
      ['a', '{}'],
      ['b', 'x'],
      ['c', `"${'x'.repeat(17 * 1024 * 1024)}"`],
      ['d', '[null, 1, {"Service": [], "Node": 7, "Checks": {}}]'],
    ] as const) {
      server.put(name, {});
      server.answers.set(healthPath(name), { body });
    }
    server.put('web', { address: '10.0.0.1' });
    const { registry, addresses } = open(server);
    await registry.ready;
    assert.deepEqual(addresses(), ['web.service.consul 10.0.0.1']);
  });

  it('are told of once when one stays away, whatever the catalog answers meanwhile', async () => {
    const server = await startServer();
    for (const name of ['a', 'b', 'web']) server.put(name, {});
    for (const name of ['a', 'b']) server.answers.set(healthPath(name), { status: 429, body: 'later' });
    const { registry, log } = open(server);
    await registry.ready;
    const asked = (name: string) => server.questions(healthPath(name)).length;
    for (let round = 2; round <= 3; round += 1) {
      server.put(`new-${round}`, {});
      await until(() => registry.get(`default/new-${round}.service.consul`) !== undefined);
      await until(() => asked('a') >= round && asked('b') >= round);
    }
    const warned = log.lines.filter(({ level }) => level === 'warn').map(({ fields }) => fields['service']);
    assert.ok(new Set(warned).size === warned.length, `one warning for each: ${warned.join()}`);
    assert.ok(!log.lines.some(({ message }) => message === 'consul answers again'));
  });

  it('are polled where there is no index, and asked for with growing pauses where there is no answer', async () => {
    const server = await startServer();
    server.tellsIndex = false;
    const { time, timing } = manualTiming();
    const counting: Timing = { ...timing, random: () => 1 - Number.EPSILON };
    const { registry } = open(server, { timing: counting });
    await registry.ready;
    const asked = () => server.questions(catalogPath).length;
    // One timer is left when an answer has come: the rest.
    const next = async (pause: number): Promise<void> => {
      await until(() => time.pending === 1);
      const before = asked();
      await time.advance(pause - 1);
      assert.equal(asked(), before);
      await time.advance(1);
      await until(() => asked() === before + 1);
    };
    await next(2000);
    assert.equal(server.asked.at(-1)?.query.has('index'), false);
    server.answers.set(catalogPath, { body: '[]' });
    for (const pause of [2000, 500, 1000, 2000]) await next(pause);
    server.answers.clear();
    await next(4000);
    await next(2000);
  });

  it('are nobody asked for once it is closed', async () => {
    const server = await startServer();
    server.put('web', {});
    const { time, timing } = manualTiming();
    const { registry } = open(server, { timing });
    await registry.ready;
    await registry.close();
    await until(() => server.waiting === 0);
    const asked = server.asked.length;
    await time.advance(600_000);
    assert.deepEqual([server.asked.length, time.pending, registry.services().length], [asked, 0, 1]);
  });
});
