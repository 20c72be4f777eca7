import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { credentials, Server } from '@grpc/grpc-js';
import { Node } from '../../src/gen/envoy/config/core/v3/base.js';
import { addXdsService, createFileRegistry } from '../../src/pilot/index.js';
import { createPilot, type Pilot, systemPilotEnv } from '../../src/pilot/server/index.js';
import { createProxy, systemEnv, systemUpstreamEnv } from '../../src/proxy/index.js';
import { type DiscoveryFeed, openDiscoveryFeed } from '../../src/proxy/xds/index.js';
import { bind } from '../pilot/xds/net.js';
import { resource, storeOf } from '../pilot/support.js';
import { listServices, meshConfig } from '../support/mesh/services.js';
import { type StandIn, startStandIn } from '../support/mesh/stand-in.js';
import { TestProxy } from '../support/mesh/test-proxy.js';
import { until } from '../support/mesh/test-time.js';
import { freePort } from '../support/peer.js';

// Our Pilot and our proxy, which know each other by nothing but xDS.
const quiet = { info: () => undefined, warn: () => undefined };

describe('our proxy under our Pilot', { timeout: 180_000 }, () => {
  const apps: StandIn[] = [];
  const sent: string[] = [];
  let mesh = '';
  let store: ReturnType<typeof storeOf>;
  let pilot: Pilot;
  let grpc: Server;
  let feed: DiscoveryFeed;
  let client: TestProxy;
  /** Who answers a request through the proxy; nobody when it does so itself. */
  let who: (url: string) => Promise<string>;

  /** The service a runs at one of the stand-ins; b at the second. */
  const services = (at: StandIn): string =>
    listServices([
      { name: 'a', ports: { http: 80 }, places: [{ app: at }] },
      { name: 'b', ports: { http: 80 }, places: [{ app: apps[1]! }] },
    ]);

  before(async () => {
    for (const name of ['one', 'two']) apps.push(await startStandIn(name));
    const [http, other] = [await freePort(), await freePort()];
    mesh = meshConfig(`proxyHttpPort: ${http}, proxyListenPort: ${other}`);
    store = storeOf(mesh + services(apps[0]!));
    pilot = createPilot({
      ...{ store, registries: [createFileRegistry(store)], env: systemPilotEnv(quiet), version: 'test' },
      limits: { quietMillis: 5 },
    });
    const { observer } = pilot.metrics;
    const tell = observer.sent?.bind(observer);
    observer.sent = (kind, given) => {
      sent.push(`${kind} ${given.resources}`);
      tell?.(kind, given);
    };
    grpc = new Server();
    addXdsService(grpc, pilot.xds);
    const { port } = await bind(grpc);
    const proxy = createProxy({
      ...{ env: systemEnv(quiet), upstreamEnv: systemUpstreamEnv(), drainMillis: 10 },
      makeTransport: () => ({ check: () => assert.fail(), report: () => Promise.resolve(), close: () => undefined }),
      openLog: () => ({ write: () => undefined }),
    });
    client = new TestProxy(proxy, () => Promise.resolve());
    const id = 'sidecar~10.9.9.9~x.default~default.svc.cluster.local';
    feed = openDiscoveryFeed({
      ...{ addresses: [`127.0.0.1:${port}`], env: systemEnv(quiet) },
      credentials: () => credentials.createInsecure(),
      node: Node.create({ id, metadata: { GENERATOR: 'fairlead' } }),
    });
    feed.onChange((config) => proxy.apply({ ...config, mixer: undefined }));
    who = async (url) => {
      const { by } = await client.ask({ port: http, path: url, headers: { host: new URL(url).host } });
      return by;
    };
    await until(() => proxy.addresses().size === 2);
  });
  after(async () => {
    await feed.close();
    await client.close();
    pilot.close();
    grpc.forceShutdown();
    await Promise.all(apps.map((app) => app.close()));
  });
  const untilAnswered = async (url: string, by: string): Promise<void> => {
    const end = Date.now() + 60_000;
    while ((await who(url)) !== by) assert(Date.now() < end, `${by} never answers`);
  };

  it('has its listeners, and sends requests where services run', async () => {
    assert.equal(await who('http://a/'), 'one');
    assert.equal(await who('http://b/'), 'two');
    assert.deepEqual(pilot.problems, []);
  });

  it('is sent nothing but endpoints when a service has moved', async () => {
    sent.length = 0;
    store.set(mesh + services(apps[1]!));
    await untilAnswered('http://a/', 'two');
    assert.deepEqual([...new Set(sent)], ['endpoints 1']);
  });

  it('follows rules, and takes all of it: nothing is rejected', async () => {
    const rule = resource(
      'VirtualService',
      'b',
      '{ hosts: [b], http: [{ fault: { abort: { percentage: { value: 100 }, httpStatus: 418 } }, route: [{ destination: { host: b } }] }] }',
    );
    store.set(mesh + services(apps[0]!) + rule);
    await untilAnswered('http://a/', 'one');
    await untilAnswered('http://b/', '');
    const [status] = pilot.xds.proxies();
    assert.equal(status?.id, 'sidecar~10.9.9.9~x.default~default.svc.cluster.local');
    await until(() => pilot.xds.proxies()[0]!.kinds.every(({ sent: last, acked }) => last === acked));
    assert.deepEqual(
      pilot.xds.proxies()[0]?.kinds.map(({ rejected }) => rejected),
      [undefined, undefined, undefined, undefined],
    );
  });
});
