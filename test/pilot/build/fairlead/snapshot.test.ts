import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Endpoints } from '../../../../src/gen/fairlead/proxy/v1/cluster.js';
import { ProxyConfig } from '../../../../src/gen/fairlead/proxy/v1/config.js';
import { Any } from '../../../../src/gen/google/protobuf/any.js';
import {
  buildFairleadSnapshot,
  buildProxyConfig,
  fairleadFlavour,
  toFairleadSnapshot,
} from '../../../../src/pilot/build/fairlead/index.js';
import { findDangling, type Snapshot, type XdsNode } from '../../../../src/pilot/xds/index.js';
import { ResourceStore } from '../../../../src/proxy/xds/resource-store.js';
import { resourceKinds } from '../../../../src/proxy/xds/resource-kind.js';
import { modelOf, proxyOf, resource, servicesOf } from '../../support.js';

/** What a proxy makes of a snapshot. */
function assembled(snapshot: Snapshot): ProxyConfig {
  const store = new ResourceStore(0);
  for (const kind of resourceKinds) {
    const resources = [...snapshot[kind].keys()].map((name) => {
      const { version, any } = snapshot[kind].get(name)!;
      return { name, version, resource: Any.decode(any) };
    });
    assert.deepEqual(store.take(kind, { resources, removed: [] }, 0).errors, []);
  }
  return store.assemble('');
}

const mesh = [
  servicesOf(['a', 'b', 'c.other']),
  resource('DestinationRule', 'a', '{ host: a, subsets: [{ name: v1, labels: { version: v1 } }] }'),
  resource(
    'VirtualService',
    'a',
    '{ hosts: [a], http: [{ route: [{ destination: { host: a, subset: v1 } }] , mirror: { host: b } }] }',
  ),
  resource('VirtualService', 'b', '{ hosts: [b], http: [{ route: [{ destination: { host: nobody.example.com } }] }] }'),
  resource('MeshConfig', 'mesh', '{ mixerCheckServer: "mixer:9091", mixerReportServer: "127.0.0.1:9092" }'),
].join('');
const own = `---
kind: Services
metadata: { name: own }
spec: { services: [{ name: d, ports: [{ name: http, port: 80 }], instances: [{ address: 10.0.0.9, labels: { app: d } }] }] }
`;

const bytesOf = (config: ProxyConfig): Buffer => Buffer.from(ProxyConfig.encode(sorted(config)).finish());
const sorted = (config: ProxyConfig): ProxyConfig => ({
  ...config,
  version: '',
  clusters: config.clusters.toSorted((one, other) => (one.name < other.name ? -1 : 1)),
  endpoints: config.endpoints.toSorted((one, other) => (one.cluster < other.cluster ? -1 : 1)),
});

describe('the resources of a proxy of our own', () => {
  const model = modelOf(mesh + own);
  const proxy = proxyOf({ ips: ['10.0.0.9'], labels: { app: 'd' } });
  const view = model.viewFor(proxy);

  it('are the configuration in parts: together they say the same', () => {
    const snapshot = buildFairleadSnapshot(view, { version: '1', outboundPorts: 'all' });
    const whole = buildProxyConfig(model, proxy, { outboundPorts: 'all' });
    assert.deepEqual(bytesOf(assembled(snapshot)), bytesOf(whole));
    assert.deepEqual(bytesOf(assembled(toFairleadSnapshot(whole))), bytesOf(whole));
    assert.equal(snapshot.version, '1');
    assert.equal(toFairleadSnapshot(whole).version, whole.version);
  });

  it('need nothing that is not there, also where rules lead to nobody', () => {
    const snapshot = buildFairleadSnapshot(view, { version: '1' });
    assert.deepEqual(findDangling(snapshot), []);
    assert.deepEqual(
      snapshot.listener.get('settings')?.references.map(({ name }) => name),
      ['outbound|9091||mixer', 'outbound|9092||127.0.0.1'],
    );
    const [table] = [...snapshot.route.keys()].map((name) => snapshot.route.get(name)!);
    assert(table!.references.some(({ name }) => name === 'outbound|80|v1|a.default.svc.cluster.local'));
  });

  it('are shared by proxies that see the same from the same place, but for what is their own', () => {
    const share = new Map<string, unknown>();
    const build = (given: Parameters<typeof proxyOf>[0]): Snapshot =>
      buildFairleadSnapshot(model.viewFor(proxyOf(given)), { version: '1', share });
    const one = build({ ips: ['10.0.0.9'], labels: { app: 'd' } });
    const two = build({ id: 'b.default', labels: { app: 'd' } });
    const far = build({ id: 'c.default', labels: { app: 'd' }, locality: 'x/y/z' });
    const name = 'outbound|80||a.default.svc.cluster.local';
    assert.equal(one.cluster.get(name), two.cluster.get(name));
    assert.equal(one.endpoints.get(name), two.endpoints.get(name));
    assert.notEqual(one.cluster.get(name), far.cluster.get(name));
    assert(one.cluster.get('inbound|80|http|d.default.svc.cluster.local') !== undefined);
    assert(two.cluster.get('inbound|80|http|d.default.svc.cluster.local') === undefined);
  });

  it('are as the metadata of a node asks for, and its endpoints are to be had one by one', () => {
    const node: XdsNode = {
      ...{ id: 'x', cluster: '', locality: '', agent: '' },
      metadata: { OUTBOUND_PORTS: 'all', OUTBOUND_ADDRESS: '127.0.0.5', INBOUND_TLS: 'maybe', TRACE_SAMPLING: 7 },
    };
    const snapshot = fairleadFlavour.build(view, { node, version: '1', share: new Map() });
    assert(snapshot.listener.get('127.0.0.5_80') !== undefined, [...snapshot.listener.keys()].join());
    const name = 'outbound|80||d.default.svc.cluster.local';
    const moved = fairleadFlavour.endpoints(view, name, { node });
    assert.equal(moved?.version, snapshot.endpoints.get(name)?.version);
    assert.equal(Endpoints.decode(Any.decode(moved!.any).value).localities[0]?.endpoints[0]?.address, '10.0.0.9');
    assert.equal(fairleadFlavour.endpoints(view, 'outbound|80||nobody', { node }), undefined);
    assert.equal(fairleadFlavour.endpoints(view, 'PassthroughCluster', { node }), undefined);
  });
});
