import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Cluster_Discovery as Discovery } from '../../../src/gen/fairlead/proxy/v1/cluster.js';
import { type DeepPartial, ProxyConfig } from '../../../src/gen/fairlead/proxy/v1/config.js';
import { createProxy, type Proxy, systemEnv, systemUpstreamEnv } from '../../../src/proxy/index.js';
import { follow, type Follower, TestControlPlane } from '../../support/control-plane.js';
import { until } from '../../support/mesh/test-time.js';

const quiet = { info: () => undefined, warn: () => undefined };

function makeProxy(): Proxy {
  return createProxy({
    env: systemEnv(quiet),
    upstreamEnv: systemUpstreamEnv(),
    makeTransport: () => assert.fail('there is no Mixer'),
    openLog: () => ({ write: () => undefined }),
    drainMillis: 10,
  });
}

function shop(given: { routes?: string; clusters?: readonly string[]; port?: number } = {}): ProxyConfig {
  const { routes = 'a', clusters = ['a'], port = 1000 } = given;
  const part: DeepPartial<ProxyConfig> = {
    clusters: clusters.map((name) => ({ name, discovery: Discovery.ENDPOINTS })),
    endpoints: clusters.map((cluster) => ({ cluster, localities: [{ endpoints: [{ address: '127.0.0.1', port }] }] })),
    routeTables: [
      {
        name: 't',
        virtualHosts: [
          { name: 'all', domains: ['*'], routes: [{ forward: { clusters: [{ name: routes, weight: 1 }] } }] },
        ],
      },
    ],
    listeners: [
      {
        name: 'in',
        address: '127.0.0.1',
        port: 0,
        chains: [{ name: 'c', http: { statPrefix: 'p', routeTable: 't' } }],
      },
    ],
    node: { id: 'x' },
  };
  return ProxyConfig.fromPartial(part);
}

describe('the configuration of a control plane', () => {
  const plane = new TestControlPlane();
  const proxies: Proxy[] = [];
  const followers: Follower[] = [];
  const start = (id: string): { proxy: Proxy; follower: Follower } => {
    const proxy = makeProxy();
    const follower = follow(proxy, plane, { id });
    proxies.push(proxy);
    followers.push(follower);
    return { proxy, follower };
  };

  before(async () => {
    await plane.start();
  });
  after(async () => {
    await Promise.all(followers.map((one) => one.close()));
    await Promise.all(proxies.map((one) => one.close()));
    await plane.stop();
  });

  it('is taken up as a whole, and followed', async () => {
    plane.set('one', shop());
    const { proxy, follower } = start('one');
    await until(() => follower.applied.length > 0 && plane.isSettled);
    assert.deepEqual({ ...proxy.config, version: '' }, { ...shop(), version: '' });
    assert.deepEqual(await follower.apply(shop({ clusters: ['a', 'b'], routes: 'b' })), []);
    assert.equal(proxy.config?.clusters.length, 2);
  });
});
