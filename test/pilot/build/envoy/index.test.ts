import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Cluster_DiscoveryType as Discovery } from '../../../../src/gen/envoy/config/cluster/v3/cluster.js';
import {
  buildEnvoyEndpoints,
  buildEnvoySnapshot,
  optionsOfEnvoyNode,
} from '../../../../src/pilot/build/envoy/index.js';
import { modelOf, proxyOf, resource, servicesOf } from '../../support.js';
import { build, clusterOf, decodedOf } from './support.js';

const services = (at: string): string =>
  resource(
    'Services',
    's',
    `{ services: [{ name: a, ports: [{ name: http, port: 80 }], instances: [{ address: ${at} }] }] }`,
  );

describe('clusters that stand for no service', () => {
  it('go anywhere and nowhere', () => {
    const { snapshot, cluster } = build(servicesOf(['a']));
    const special = [...snapshot.cluster.keys()].filter((name) => !name.includes('|'));
    assert.deepEqual(special, ['BlackHoleCluster', 'PassthroughCluster', 'InboundPassthroughClusterIpv4']);
    assert.equal(cluster('BlackHoleCluster').type, Discovery.STATIC);
    assert.equal(cluster('PassthroughCluster').type, Discovery.ORIGINAL_DST);
    const { upstreamBindConfig } = cluster('InboundPassthroughClusterIpv4');
    assert.deepEqual(upstreamBindConfig?.sourceAddress, { address: '127.0.0.6', portValue: 0 });
  });

  it('are only those that go nowhere at a gateway', () => {
    const { snapshot } = build('', { type: 'router' });
    assert.deepEqual([...snapshot.cluster.keys()], ['BlackHoleCluster']);
  });

  it('are those of the own workload, of whose policy limits count', () => {
    const rule = '{ host: a, trafficPolicy: { connectionPool: { tcp: { maxConnections: 3 } }, outlierDetection: {} } }';
    const { cluster } = build(services('10.0.0.1') + resource('DestinationRule', 'a', rule), { ips: ['10.0.0.1'] });
    const inbound = cluster('inbound|80|http|a.default.svc.cluster.local');
    const [place] = inbound.loadAssignment?.endpoints[0]?.lbEndpoints ?? [];
    assert.deepEqual(place?.endpoint?.address?.socketAddress, { address: '127.0.0.1', portValue: 80 });
    assert.equal(inbound.circuitBreakers?.thresholds[0]?.maxConnections, 3);
    assert.equal(inbound.outlierDetection, undefined);
  });

  it('lead where a Sidecar says that the workload listens', () => {
    const ingress = [
      '{ port: { number: 90, name: http, protocol: HTTP }, defaultEndpoint: "127.0.0.1:8080" }',
      '{ port: { number: 91, name: grpc, protocol: GRPC }, defaultEndpoint: "unix:///run/a.sock" }',
    ];
    const spec = `{ ingress: [${ingress.join()}], egress: [{ hosts: ["*/*"] }] }`;
    const { cluster } = build(resource('Sidecar', 's', spec), { ips: ['10.0.0.1'] });
    const addressOf = (name: string) => cluster(name).loadAssignment?.endpoints[0]?.lbEndpoints[0]?.endpoint?.address;
    assert.equal(addressOf('inbound|90|http|s.default')?.socketAddress?.portValue, 8080);
    assert.equal(addressOf('inbound|91|grpc|s.default')?.pipe?.path, '/run/a.sock');
  });

  it('are named by server at a gateway that passes connections on', () => {
    const server =
      '{ port: { number: 15443, name: tls, protocol: TLS }, hosts: ["*"], tls: { mode: AUTO_PASSTHROUGH } }';
    const gateway = resource('Gateway', 'g', `{ selector: { istio: x }, servers: [${server}] }`);
    const proxy = { type: 'router', labels: { istio: 'x' } } as const;
    const { cluster } = build(services('10.0.0.1') + gateway, proxy);
    const name = 'outbound_.80_._.a.default.svc.cluster.local';
    assert.equal(cluster(name).edsClusterConfig?.serviceName, clusterOf('a'));
    assert.deepEqual(cluster(name).typedExtensionProtocolOptions, {});
  });
});

describe('snapshots of Envoys', () => {
  const labelled = resource(
    'VirtualService',
    'v',
    `{ hosts: [a], http: [{ match: [{ sourceLabels: { app: x } }], route: [{ destination: { host: a } }], timeout: 1s }, { route: [{ destination: { host: a } }] }] }`,
  );

  it('share what they see alike', () => {
    const model = modelOf(servicesOf(['a', 'b']) + labelled);
    const share = new Map<string, unknown>();
    const snapshotOf = (labels: Record<string, string>, locality = '') =>
      buildEnvoySnapshot(model.viewFor(proxyOf({ labels, locality })), { version: '1', share });
    const [one, other, x] = [snapshotOf({ app: 'n' }), snapshotOf({ app: 'm' }), snapshotOf({ app: 'x' })];
    assert.equal(one.cluster.get(clusterOf('a')), other.cluster.get(clusterOf('a')));
    assert.equal(one.endpoints.get(clusterOf('a')), x.endpoints.get(clusterOf('a')));
    assert.equal(one.route.get('80'), other.route.get('80'));
    assert.notEqual(one.route.get('80'), x.route.get('80'), 'rules ask for its label');
    const elsewhere = snapshotOf({ app: 'n' }, 'r1/z1');
    assert.notEqual(one.endpoints.get(clusterOf('a')), elsewhere.endpoints.get(clusterOf('a')));
  });

  it('share what has moved, once it is made again', () => {
    const [before, after] = [modelOf(services('10.0.0.1')), modelOf(services('10.0.0.2'))];
    const share = new Map<string, unknown>();
    const views = (model: typeof before) => ['10.9.0.1', '10.9.0.2'].map((ip) => model.viewFor(proxyOf({ ips: [ip] })));
    for (const view of views(before)) buildEnvoySnapshot(view, { version: '1', share });
    const former = buildEnvoyEndpoints(views(before)[0]!, clusterOf('a'), { share });
    const [one, other] = views(after).map((view) => buildEnvoyEndpoints(view, clusterOf('a'), { share }));
    assert.ok(one);
    assert.equal(one, other);
    assert.notEqual(one.version, former?.version);
  });

  it('do not share what has moved', () => {
    const [before, after] = [modelOf(services('10.0.0.1')), modelOf(services('10.0.0.2'))];
    const share = new Map<string, unknown>();
    const addressIn = (model: typeof before): string | undefined => {
      const snapshot = buildEnvoySnapshot(model.viewFor(proxyOf()), { version: '1', share });
      const [place] = decodedOf(snapshot).endpoints(clusterOf('a')).endpoints[0]?.lbEndpoints ?? [];
      return place?.endpoint?.address?.socketAddress?.address;
    };
    assert.deepEqual([addressIn(before), addressIn(after)], ['10.0.0.1', '10.0.0.2']);
  });

  it('are equal when nothing has changed', () => {
    const versions = (): readonly string[] => {
      const { snapshot } = build(servicesOf(['a', 'b']) + labelled);
      const kinds = [snapshot.cluster, snapshot.endpoints, snapshot.route, snapshot.listener];
      return kinds.flatMap((kind) => [...kind.keys()].map((name) => `${name} ${kind.get(name)?.version}`));
    };
    assert.deepEqual(versions(), versions());
  });

  it('tell each problem once', () => {
    const rules = resource(
      'VirtualService',
      'v',
      `{ hosts: [a, b], http: [{ match: [{ uri: { regex: "[a-z]{500}" } }], route: [{ destination: { host: a } }] }] }`,
    );
    const { snapshot, problems } = build(servicesOf(['a', 'b']) + rules);
    for (const name of snapshot.route.keys()) snapshot.route.get(name);
    assert.equal(new Set(problems).size, problems.length);
  });
});

describe('the options of an Envoy', () => {
  it('come from the metadata of its node', () => {
    const metadata = { INTERCEPTION_MODE: 'NONE', INBOUND_TLS: 'strict', TLS_SERVER_CERT_CHAIN: '/c' };
    const { interception, inboundTls, certificates } = optionsOfEnvoyNode({ metadata });
    assert.deepEqual([interception, inboundTls, certificates?.certificateFile], ['none', 'strict', '/c']);
    assert.equal(optionsOfEnvoyNode({ metadata: {} }).interception, 'redirect');
  });
});
