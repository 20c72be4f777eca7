import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { resource } from '../pilot/support.js';
import { envoyPeer } from '../support/envoy.js';
import { EnvoyMesh } from '../support/mesh/envoy-mesh.js';
import { listServices, meshConfig, type ServiceSpec } from '../support/mesh/services.js';
import type { StandIn } from '../support/mesh/stand-in.js';
import { SteadyLoad } from '../support/mesh/steady-load.js';
import { TestMesh } from '../support/mesh/test-mesh.js';
import type { TestProxy } from '../support/mesh/test-proxy.js';
import { eventually } from '../support/peer.js';

// A stock Envoy while its world changes: nobody who calls through it notices.
describe('an Envoy whose mesh changes', { skip: envoyPeer.skip, timeout: 180_000 }, () => {
  if (envoyPeer.skip !== false) return;
  const mesh = new TestMesh();
  const sidecar = new EnvoyMesh(mesh, { locality: { region: 'near', zone: 'one' }, drainSeconds: 1 });
  const apps = {} as Record<'a' | 'b' | 'near' | 'far', StandIn>;
  let services: ServiceSpec[];

  before(async () => {
    for (const name of ['a', 'b', 'near', 'far'] as const) apps[name] = await mesh.http(name);
    services = [
      { name: 'a', ports: { http: 80 }, places: [{ app: apps.a, labels: { version: 'a' } }] },
      { name: 'b', ports: { http: 80 }, places: [{ app: apps.b }] },
      {
        name: 'placed',
        ports: { http: 80 },
        places: [
          { app: apps.near, locality: 'near/one' },
          { app: apps.far, locality: 'far/one' },
        ],
      },
    ];
  });

  const start = (yaml: string, more: readonly ServiceSpec[] = [], policy?: string): Promise<TestProxy> =>
    sidecar.start(listServices([...services, ...more]) + meshConfig(policy) + yaml);
  const toA = (fields: string): string => resource('VirtualService', 'a', `{ hosts: [a], http: [{ ${fields} }] }`);
  const shares = (a: number): string =>
    toA(`route: [{ destination: { host: a }, weight: ${a} }, { destination: { host: b }, weight: ${100 - a} }]`);
  /** Says what was wrong with an answer. */
  const askA = (proxy: TestProxy) => async (): Promise<string | undefined> => {
    const { status, by, body } = await proxy.get('http://a/');
    return status === 200 && (by === 'a' || by === 'b') ? undefined : `${status} ${body}`;
  };

  it('sends copies to another one, and answers by the first alone', async () => {
    const proxy = await start(toA('route: [{ destination: { host: a } }], mirror: { host: b }'));
    const before = apps.b.seen.length;
    for (let call = 0; call < 5; call++) assert.equal((await proxy.get('http://a/copied')).by, 'a');
    const copies = await eventually(() => {
      const got = apps.b.seen.slice(before).filter(({ path }) => path === '/copied');
      return Promise.resolve(got.length === 5 ? got : undefined);
    });
    assert.deepEqual(new Set(copies.map(({ host }) => host)), new Set(['a-shadow']));
  });

  it('goes to another region while all instances of its own fail', async () => {
    const rule =
      '{ host: placed, trafficPolicy: { outlierDetection: { consecutiveErrors: 1, interval: 1s, baseEjectionTime: 60s, maxEjectionPercent: 100 } } }';
    const setting = 'localityLbSetting: { failover: [{ from: near, to: far }] }';
    const proxy = await start(resource('DestinationRule', 'placed', rule), [], setting);
    for (let call = 0; call < 6; call++) assert.equal((await proxy.get('http://placed/')).by, 'near');
    apps.near.answer = (_request, response) => {
      response.writeHead(503).end();
      return true;
    };
    // One that fails is tried again elsewhere, and left alone from then on.
    for (let call = 0; call < 6; call++) {
      const { status, by } = await proxy.get('http://placed/');
      if (call > 0) assert.deepEqual([status, by], [200, 'far']);
    }
    apps.near.answer = undefined;
  });

  it('drops no request while routes, services, policies and listeners change', async () => {
    const proxy = await start(shares(50));
    const load = new SteadyLoad(askA(proxy));
    try {
      const extra: ServiceSpec = { name: 'extra', ports: { http: 8080 }, places: [{ app: apps.near }] };
      const limits = resource(
        'DestinationRule',
        'a',
        '{ host: a, trafficPolicy: { connectionPool: { tcp: { maxConnections: 500 } } } }',
      );
      const subsets = resource('DestinationRule', 'a', '{ host: a, subsets: [{ name: v, labels: { version: a } }] }');
      const toSubset = toA('route: [{ destination: { host: a, subset: v } }]');
      for (const change of [
        () => start(shares(90)),
        () => start(shares(10), [extra]),
        () => start(shares(10) + limits, [extra]),
        () => start(subsets + toSubset),
        () => start(subsets + toSubset, [], 'outboundTrafficPolicy: { mode: ALLOW_ANY }, connectTimeout: 2s'),
        () => start(''),
        () => start(shares(100), [extra]),
      ]) {
        await change();
        await load.more(20);
      }
    } finally {
      await load.stop();
    }
    assert.deepEqual(load.failures, []);
  });

  it('keeps connections while its listeners are changed', async () => {
    const proxy = await start(shares(100));
    const load = new SteadyLoad(askA(proxy));
    try {
      const changes = async (): Promise<number> =>
        [...(await sidecar.envoy.stats('^listener_manager.listener_(modified|in_place_updated)$')).values()].reduce(
          (sum, one) => sum + one,
        );
      const before = await changes();
      const traced = meshConfig().replace('enableTracing: false', 'enableTracing: true');
      await sidecar.start(listServices(services) + traced + shares(100));
      assert(before < (await changes()));
      await load.more(20);
    } finally {
      await load.stop();
    }
    assert.deepEqual(load.failures, []);
  });

  it('follows instances that come and go', async () => {
    const proxy = await start('');
    assert.equal((await proxy.get('http://b/')).by, 'b');
    services = services.map((one) => (one.name === 'b' ? { ...one, places: [{ app: apps.far }] } : one));
    await start('');
    assert.equal((await proxy.get('http://b/')).by, 'far');
    services = services.map((one) => (one.name === 'b' ? { ...one, places: [] } : one));
    await start('');
    assert.equal((await proxy.get('http://b/')).status, 503);
    services = services.map((one) => (one.name === 'b' ? { ...one, places: [{ app: apps.b }] } : one));
  });

  it('does not notice that Pilot is another one, and follows it', async () => {
    const proxy = await start(shares(100));
    const load = new SteadyLoad(askA(proxy));
    try {
      await load.more();
      await sidecar.restartPilot(() => load.more());
      await load.more();
      await start(shares(0));
      assert.equal((await proxy.get('http://a/')).by, 'b');
      await load.more();
    } finally {
      await load.stop();
    }
    assert.deepEqual(load.failures, []);
  });

  it('has refused nothing', async () => {
    sidecar.assertSound();
    assert.deepEqual((await sidecar.envoy.trouble()).rejected, []);
    assert.deepEqual(sidecar.envoy.complaints(), []);
  });
});
