import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { credentials } from '@grpc/grpc-js';
import type { ProxyConfig } from '../../../src/gen/fairlead/proxy/v1/config.js';
import type { Problem, ProxyEnv } from '../../../src/proxy/index.js';
import type { ConfigCache } from '../../../src/proxy/xds/config-cache.js';
import { type DiscoveryFeed, type DiscoveryLimits, openDiscoveryFeed } from '../../../src/proxy/xds/discovery-feed.js';
import { settingsTypeUrl, typeUrls } from '../../../src/proxy/xds/resource-kind.js';
import { nodeOf } from '../../support/control-plane.js';
import { ManualTime } from '../../support/manual-time.js';
import { until } from '../../support/mesh/test-time.js';
import { resourcesOf, ScriptedServer } from './scripted-server.js';
import { shop } from './shop.js';

const limits: Partial<DiscoveryLimits> = {
  fetchMillis: 1000,
  baseMillis: 100,
  maxMillis: 1000,
  maxMessageBytes: 100_000,
};

describe('a feed from a control plane', { timeout: 60_000 }, () => {
  const server = new ScriptedServer();
  const other = new ScriptedServer();
  const feeds: DiscoveryFeed[] = [];
  let gonePort = 0;

  before(async () => {
    const gone = await new ScriptedServer().start();
    gonePort = gone.port;
    gone.stop();
    await Promise.all([server.start(), other.start()]);
  });
  afterEach(async () => {
    await Promise.all(feeds.splice(0).map((feed) => feed.close()));
    server.requests.length = server.streams = 0;
  });
  after(() => {
    server.stop();
    other.stop();
  });

  /** Timers stand still: what is to come with time comes when the test says so. */
  const open = (given: { ports?: readonly number[]; cache?: ConfigCache; limits?: Partial<DiscoveryLimits> } = {}) => {
    const time = new ManualTime();
    const warnings: string[] = [];
    const waits: number[] = [];
    const env: ProxyEnv = {
      now: () => time.clock.now(),
      monotonic: time.monotonic,
      after: (millis, work) => {
        waits.push(millis);
        return time.after(millis, work);
      },
      random: () => 1,
      log: { info: () => undefined, warn: (text) => warnings.push(text) },
    };
    const feed = openDiscoveryFeed({
      addresses: (given.ports ?? [server.port]).map((port) => `127.0.0.1:${port}`),
      credentials: () => credentials.createInsecure(),
      node: nodeOf('a'),
      env,
      cache: given.cache,
      limits: { ...limits, ...given.limits },
    });
    feeds.push(feed);
    const configs: ProxyConfig[] = [];
    const state = { problems: [] as readonly Problem[], isSlow: false, go: (): void => undefined };
    feed.onChange(async (config) => {
      configs.push(config);
      if (state.isSlow) await new Promise<void>((resolve) => (state.go = resolve));
      return state.problems;
    });
    return { feed, time, warnings, waits, configs, state };
  };
  const startWith = async (config: ProxyConfig, given?: Parameters<typeof open>[0]) => {
    const opened = open(given);
    await server.untilAsked(1);
    const nonces = server.sendAll(config);
    for (const nonce of Object.values(nonces)) assert.equal(await server.answerTo(nonce), 'ack');
    return { ...opened, nonces };
  };

  it('says who it is once, and asks for everything', async () => {
    open();
    const requests = await server.untilAsked(1);
    assert.deepEqual(
      requests.map(({ typeUrl, node, resourceNamesSubscribe }) => [typeUrl, node?.id, resourceNamesSubscribe]),
      [
        [typeUrls.cluster, 'a', ['*']],
        [typeUrls.endpoints, undefined, ['*']],
        [typeUrls.listener, undefined, ['*']],
        [typeUrls.route, undefined, ['*']],
      ],
    );
  });

  it('hands over nothing before all that is needed is there, and answers each response by its nonce', async () => {
    const { configs, feed } = await startWith(shop());
    assert.equal(configs.length, 1);
    assert.deepEqual({ ...configs[0], version: '' }, shop());
    assert.equal(configs[0]?.version, 'v');
    assert.equal(feed.current(), configs[0]);
  });

  it('hands over a list that has not changed as the very same object', async () => {
    const { configs } = await startWith(shop({ clusters: ['a', 'b'] }));
    const [, moved] = resourcesOf(shop({ clusters: ['a', 'b'], ports: [10] }), 'endpoints');
    await server.answerTo(server.send('endpoints', { resources: [moved!] }));
    const [first, second] = configs;
    assert.equal(configs.length, 2);
    assert.equal(second?.clusters, first?.clusters);
    assert.equal(second?.listeners, first?.listeners);
    assert.equal(second?.routeTables, first?.routeTables);
    assert.equal(second?.endpoints[0], first?.endpoints[0]);
    assert.equal(second?.endpoints[1]?.localities[0]?.endpoints[0]?.port, 10);
  });

  it('hands over nothing for what it has already, or for nothing at all', async () => {
    const { configs } = await startWith(shop());
    await server.answerTo(server.send('endpoints', { resources: resourcesOf(shop(), 'endpoints') }));
    await server.answerTo(server.send('cluster'));
    assert.equal(configs.length, 1);
  });

  it('does not send requests to a cluster before it has come', async () => {
    const { configs } = await startWith(shop());
    const next = shop({ clusters: ['a', 'b'], to: 'b' });
    await server.answerTo(server.send('route', { resources: resourcesOf(next, 'route') }));
    assert.equal(configs.length, 1);
    assert(server.requests.some(({ resourceNamesSubscribe: [name] }) => name === 'b'));
    await server.answerTo(server.send('cluster', { resources: resourcesOf(next, 'cluster') }));
    assert.equal(configs.length, 1);
    await server.answerTo(server.send('endpoints', { resources: resourcesOf(next, 'endpoints') }));
    assert.equal(configs.length, 2);
    assert.deepEqual({ ...configs[1], version: '' }, next);
  });

  it('takes routes to a cluster up that the server says there is none of', async () => {
    const { configs } = open();
    await server.untilAsked(1);
    server.sendAll(shop({ to: 'nowhere' }));
    await until(() => server.requests.some(({ resourceNamesSubscribe: [name] }) => name === 'nowhere'));
    assert.equal(configs.length, 0);
    server.send('cluster', { removed: ['nowhere'] });
    await until(() => configs.length === 1);
  });

  it('waits no longer than it has patience for what does not come', async () => {
    const { configs, time, warnings } = open();
    await server.untilAsked(1);
    server.sendAll(shop({ to: 'nowhere' }));
    await until(() => server.requests.some(({ resourceNamesSubscribe: [name] }) => name === 'nowhere'));
    await time.advance(4999);
    assert.equal(configs.length, 0);
    await time.advance(1);
    assert.equal(configs.length, 1);
    assert.deepEqual(warnings, ['the configuration is not complete']);
  });

  it('keeps a cluster that is gone for as long as routes lead there, but not for long', async () => {
    const { configs, time } = await startWith(shop({ clusters: ['a', 'b'] }));
    await server.answerTo(server.send('cluster', { removed: ['a', 'b'] }));
    assert.deepEqual(
      configs.at(-1)?.clusters.map(({ name }) => name),
      ['a'],
    );
    await time.advance(2000);
    assert.deepEqual(configs.at(-1)?.clusters, []);
  });

  it('lets a cluster go at once when routes lead elsewhere', async () => {
    const { configs } = await startWith(shop({ clusters: ['a', 'b'] }));
    const next = shop({ clusters: ['a', 'b'], to: 'b' });
    await server.answerTo(server.send('route', { resources: resourcesOf(next, 'route') }));
    await server.answerTo(server.send('cluster', { removed: ['a'] }));
    assert.deepEqual(
      configs.at(-1)?.clusters.map(({ name }) => name),
      ['b'],
    );
  });

  it('rejects what is wrong with the reason, takes what is sound beside it, and keeps what there was', async () => {
    const { configs } = await startWith(shop());
    const [sound] = resourcesOf(shop({ ports: [10] }), 'endpoints');
    const any = { typeUrl: typeUrls.endpoints, value: Buffer.from([0xff, 0xff]) };
    const nonce = server.send('endpoints', { resources: [{ name: 'broken', any }, sound!, { name: 'empty' }] });
    assert.match(await server.answerTo(nonce), /^endpoints 'broken': .+; endpoints 'empty': is of type ''$/);
    assert.equal(configs.at(-1)?.endpoints[0]?.localities[0]?.endpoints[0]?.port, 10);

    const bad = shop();
    Object.assign(bad.routeTables[0]!.virtualHosts[0]!.routes[0]!, { forward: undefined });
    const told = await server.answerTo(server.send('route', { resources: resourcesOf(bad, 'route') }));
    assert.match(told, /^route 't': route 'r' of virtual host 'all': has neither a cluster nor an answer$/);
    assert.deepEqual(configs.at(-1)?.routeTables, shop().routeTables);
  });

  it('rejects a resource under another name, one of another type, and a type that nobody asked for', async () => {
    await startWith(shop());
    const [cluster] = resourcesOf(shop(), 'cluster');
    const misnamed = { ...cluster!, name: 'z', version: '' };
    assert.match(await server.answerTo(server.send('cluster', { resources: [misnamed] })), /'z': says that it is 'a'/);
    const listener = server.send('listener', { resources: [{ ...cluster!, version: '' }] });
    assert.match(await server.answerTo(listener), /'a': is of type 'type.googleapis.com\/fairlead.proxy.v1.Cluster'/);
    assert.match(await server.answerTo(server.send('other', {})), /nobody asked for 'other'/);
    const settings = { name: 'settings', any: { typeUrl: settingsTypeUrl, value: Buffer.alloc(0) } };
    assert.match(await server.answerTo(server.send('route', { resources: [settings] })), /is of type/);
  });

  it('tells what went wrong when listeners were taken up, after it was tried', async () => {
    const { state } = await startWith(shop());
    state.isSlow = true;
    state.problems = [{ listener: 'second', message: 'is in use' }];
    const next = shop({ listeners: [{ name: 'in' }, { name: 'second' }] });
    const nonce = server.send('listener', { resources: resourcesOf(next, 'listener') });
    await until(() => state.go.name !== 'go');
    assert(!server.requests.some(({ responseNonce }) => responseNonce === nonce));
    state.go();
    assert.equal(await server.answerTo(nonce), 'second: is in use');
  });

  it('tells it also where the listeners had to wait for their routes', async () => {
    const { state } = open();
    state.problems = [{ listener: 'in', message: 'is in use' }];
    await server.untilAsked(1);
    const nonces = server.sendAll(shop());
    assert.equal(await server.answerTo(nonces.route), 'ack');
    assert.equal(await server.answerTo(nonces.listener), 'in: is in use');
  });

  it('takes names up that mean something to JavaScript', async () => {
    const { configs } = await startWith(shop({ clusters: ['__proto__', 'constructor', 'a'] }));
    assert.deepEqual(
      configs[0]?.clusters.map(({ name }) => name),
      ['__proto__', 'constructor', 'a'],
    );
    server.hangUp();
    await until(() => feeds[0]?.server === undefined);
  });

  it('says after a lost stream what it has, and hands over nothing of a push that broke off', async () => {
    const { configs, time, feed } = await startWith(shop());
    const next = shop({ clusters: ['a', 'b'], to: 'b' });
    await server.answerTo(server.send('cluster', { resources: resourcesOf(next, 'cluster') }));
    server.send('route', { resources: resourcesOf(next, 'route') });
    server.hangUp();
    await until(() => feed.server === undefined);
    const before = configs.length;
    await time.advance(100);
    const [clusters, endpoints] = await server.untilAsked(2);
    assert.deepEqual(Object.keys(clusters?.initialResourceVersions ?? {}), ['a', 'b']);
    assert.deepEqual(Object.keys(endpoints?.initialResourceVersions ?? {}), ['a']);
    assert.equal(configs.length, before);
    await server.answerTo(server.send('endpoints', { resources: resourcesOf(next, 'endpoints') }));
    assert.deepEqual({ ...configs.at(-1), version: '' }, next);
  });

  it('waits for the rest of a push that broke off for as long as there is no server, and then anew', async () => {
    const waits = { baseMillis: 20_000, maxMillis: 20_000 };
    const { configs, time, feed, warnings } = await startWith(shop(), { limits: waits });
    const next = shop({ clusters: ['a', 'b'], to: 'b' });
    await server.answerTo(server.send('cluster', { resources: resourcesOf(next, 'cluster') }));
    await server.answerTo(server.send('route', { resources: resourcesOf(next, 'route') }));
    const before = configs.length;
    server.hangUp();
    await until(() => feed.server === undefined);
    await time.advance(10_000);
    await time.advance(10_000);
    await server.untilAsked(2);
    await server.answerTo(server.send('cluster'));
    assert.equal(configs.length, before);
    await server.answerTo(server.send('endpoints', { resources: resourcesOf(next, 'endpoints') }));
    assert.deepEqual({ ...configs.at(-1), version: '' }, next);
    assert(!warnings.includes('the configuration is not complete'));
  });

  it('gives up a stream of garbage, or of a response without measure, and keeps what it has', async () => {
    const { feed, time, configs, warnings } = await startWith(shop());
    server.sendBytes(Buffer.from([0xff, 0xff, 0xff]));
    await until(() => feed.server === undefined);
    await time.advance(200);
    await server.untilAsked(2);
    server.send('cluster', { version: 'x'.repeat(200_000) });
    await until(() => warnings.length === 2);
    await time.advance(400);
    await server.untilAsked(3);
    assert.equal(configs.length, 1);
  });

  it('asks less and less often where each stream has a response that is too large, whatever came before it', async () => {
    const { time, warnings, waits } = open({ limits: { fetchMillis: 999 } });
    for (let stream = 1; stream <= 4; stream++) {
      await server.untilAsked(stream);
      await server.answerTo(server.send('route'));
      server.send('endpoints', { version: 'x'.repeat(200_000) });
      await until(() => warnings.length === stream);
      await time.advance(waits.at(-1)!);
    }
    assert.deepEqual(new Set(warnings), new Set(['a response of the control plane cannot be read']));
    assert.deepEqual(
      waits.filter((millis) => millis !== 999),
      [200, 400, 800, 1000],
    );
  });

  it('goes on with the next address, and after all of them with waits that grow', async () => {
    const { time, warnings, waits } = open({ ports: [gonePort, gonePort], limits: { fetchMillis: 999 } });
    for (let attempt = 1; attempt <= 12; attempt++) {
      await until(() => warnings.length === attempt);
      await time.advance(waits.at(-1)!);
    }
    const between = waits.filter((millis) => millis !== 999);
    assert.deepEqual(between.slice(0, 12), [0, 200, 0, 400, 0, 800, 0, 1000, 0, 1000, 0, 1000]);
  });

  it('finds another server when the first one is not there, and the second one silent', async () => {
    const { time, feed, warnings } = open({ ports: [gonePort, server.port, other.port] });
    await until(() => warnings.length === 1);
    await time.advance(0);
    await server.untilAsked(1);
    await time.advance(1000);
    await other.untilAsked(1);
    other.sendAll(shop());
    await until(() => feed.current() !== undefined);
    assert.equal(feed.server, `127.0.0.1:${other.port}`);
  });

  it('goes by what was kept when no server is there, until there is one', async () => {
    const kept: ProxyConfig[] = [];
    const cache: ConfigCache = {
      read: () => Promise.resolve(shop({ ports: [7] })),
      keep: (config) => void kept.push(config),
      close: () => Promise.resolve(),
    };
    const { time, configs, waits } = open({ ports: [gonePort, server.port], cache });
    // The second is there, and is asked first.
    await until(() => waits.at(-1) === 0);
    assert.equal(configs.length, 0);
    server.stop();
    await time.advance(0);
    await until(() => configs.length === 1);
    assert.equal(configs[0]?.endpoints[0]?.localities[0]?.endpoints[0]?.port, 7);
    await server.start();
    await time.advance(200);
    await until(() => waits.at(-1) === 0);
    await time.advance(0);
    await server.untilAsked(1);
    server.sendAll(shop());
    await until(() => configs.length === 2);
    assert.deepEqual(kept, [configs[1]]);
  });

  it('goes by what was kept when a server is there that says nothing', async () => {
    const cache: ConfigCache = {
      read: () => Promise.resolve(shop()),
      keep: () => undefined,
      close: () => Promise.resolve(),
    };
    const { time, configs } = open({ cache });
    await server.untilAsked(1);
    await time.advance(1000);
    await until(() => configs.length === 1);
  });
});
