import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Cluster,
  Cluster_DiscoveryType,
  Cluster_LbPolicy,
} from '../../../../src/gen/envoy/config/cluster/v3/cluster.js';
import { ClusterLoadAssignment } from '../../../../src/gen/envoy/config/endpoint/v3/endpoint.js';
import { Listener } from '../../../../src/gen/envoy/config/listener/v3/listener.js';
import { RouteConfiguration } from '../../../../src/gen/envoy/config/route/v3/route.js';
import { HttpConnectionManager } from '../../../../src/gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.js';
import { Any } from '../../../../src/gen/google/protobuf/any.js';
import { buildGrpcSnapshot, type GrpcSnapshot } from '../../../../src/pilot/build/grpc/index.js';
import { findDangling, type XdsResource } from '../../../../src/pilot/xds/index.js';
import { modelOf, proxyOf, resource } from '../../support.js';

const host = 'reviews.default.svc.cluster.local';
const target = `${host}:9080`;
const cluster = `outbound|9080||${host}`;

const services = (instances = '{ address: 10.0.0.1, ports: { grpc: 9080 } }') => `kind: Services
metadata: { name: shop }
spec: { services: [{ name: reviews, ports: [{ name: grpc, port: 9080 }], instances: [${instances}] }, { name: bytes, ports: [{ name: tcp, port: 7 }] }] }
`;
const rules = (http: string): string => resource('VirtualService', 'reviews', `{ hosts: [reviews], http: [${http}] }`);
const policy = (text: string): string =>
  resource('DestinationRule', 'reviews', `{ host: reviews, trafficPolicy: ${text} }`);

function build(yaml: string, former?: GrpcSnapshot) {
  const problems: string[] = [];
  const view = modelOf(yaml).viewFor(proxyOf());
  const snapshot = buildGrpcSnapshot(view, { version: '1', former, onProblem: (text) => problems.push(text) });
  return { snapshot, problems };
}

const valueOf = (found: XdsResource | undefined): Buffer => {
  assert.ok(found !== undefined);
  return Any.decode(found.any).value;
};
const clusterIn = (snapshot: GrpcSnapshot, name = cluster) => Cluster.decode(valueOf(snapshot.cluster.get(name)));
const routesIn = (snapshot: GrpcSnapshot, name = target) =>
  RouteConfiguration.decode(valueOf(snapshot.route.get(name))).virtualHosts[0]!.routes;
const endpointsIn = (snapshot: GrpcSnapshot, name = cluster) =>
  ClusterLoadAssignment.decode(valueOf(snapshot.endpoints.get(name))).endpoints;

describe('resources for gRPC clients', () => {
  it('are a listener with routes for every host:port, also by short names', () => {
    const { snapshot } = build(services());
    assert.deepEqual([...snapshot.listener.keys()], [target]);
    for (const name of [target, 'reviews:9080', 'reviews.default:9080', 'REVIEWS:9080']) {
      const listener = Listener.decode(valueOf(snapshot.listener.get(name)));
      const manager = HttpConnectionManager.decode(listener.apiListener!.apiListener!.value);
      assert.equal(manager.rds?.routeConfigName, name);
      assert.deepEqual(
        manager.httpFilters.map((one) => one.name),
        ['envoy.filters.http.fault', 'envoy.filters.http.router'],
      );
      assert.deepEqual(
        routesIn(snapshot, name).map(({ route }) => route?.cluster),
        [cluster],
      );
    }
    for (const name of ['reviews', 'reviews:80', 'nobody:9080', 'bytes:7', '__proto__', '', 'x'.repeat(70_000)]) {
      assert.equal(snapshot.listener.get(name), undefined, name);
      assert.equal(snapshot.cluster.get(name), undefined, name);
    }
  });

  it('are there for all names below a wildcard, as long as they can be names', () => {
    const { snapshot } = build(
      'kind: ServiceEntry\nmetadata: { name: all }\nspec: { hosts: ["*.example.com"], ports: [{ name: grpc, number: 80, protocol: GRPC }], resolution: NONE }\n',
    );
    assert.equal(snapshot.listener.get('a.example.com:80')?.name, 'a.example.com:80');
    assert.equal(snapshot.listener.get(`${'a'.repeat(300)}.example.com:80`), undefined);
  });

  it('refer to nothing that is not there, wherever rules lead', () => {
    const { snapshot } = build(
      services() +
        rules(
          '{ match: [{ headers: { a: { exact: b } } }], redirect: { uri: / } }, { route: [{ destination: { host: nobody, subset: v9 } }] }',
        ),
    );
    assert.deepEqual(findDangling(snapshot), []);
    assert.deepEqual(routesIn(snapshot)[0]?.route?.cluster, 'BlackHoleCluster');
    const [shares] = routesIn(snapshot)
      .slice(1)
      .map(({ route }) => route?.weightedClusters?.clusters);
    assert.deepEqual(endpointsIn(snapshot, shares?.[0]?.name), []);
  });

  it('leave out matches that no call fits, and keep those that all fit', () => {
    const matches = [
      '{ method: { exact: GET } }',
      '{ queryParams: { a: { exact: b } } }',
      '{ scheme: { exact: https } }',
      '{ authority: { exact: other } }',
    ];
    const kept = [
      '{ method: { exact: POST }, uri: { regex: "/a|/b" } }',
      '{ authority: { prefix: reviews } , uri: { exact: /x }, ignoreUriCase: true }',
    ];
    const to = 'route: [{ destination: { host: reviews } }]';
    const { snapshot } = build(services() + rules(`{ match: [${[...matches, ...kept].join(', ')}], ${to} }`));
    const found = routesIn(snapshot).map(({ match }) => match);
    assert.deepEqual(
      found.map((match) => match?.safeRegex?.regex ?? match?.path),
      ['(?:/a|/b)', '/x'],
    );
    assert.equal(found[1]?.caseSensitive, false);
  });

  it('have retries in terms of gRPC, and none where nothing is left of them', () => {
    const to = 'route: [{ destination: { host: reviews } }]';
    const retriesOf = (text: string) => {
      const [route] = routesIn(build(services() + rules(`{ ${text} ${to} }`)).snapshot);
      return route?.route?.retryPolicy;
    };
    assert.equal(retriesOf('')?.retryOn, 'unavailable,cancelled,resource-exhausted');
    assert.equal(retriesOf('retries: { attempts: 4, retryOn: "5xx,internal" },')?.retryOn, 'internal');
    assert.equal(retriesOf('retries: { attempts: 4, retryOn: "5xx,internal" },')?.numRetries, 4);
    assert.equal(retriesOf('retries: { attempts: 4, retryOn: "5xx" },'), undefined);
    assert.equal(retriesOf('retries: { attempts: 0 },'), undefined);
  });

  it('say which parts of a rule a client has no means for', () => {
    const { snapshot, problems } = build(
      services() +
        rules(
          '{ name: r, rewrite: { uri: /x }, mirror: { host: reviews }, route: [{ destination: { host: reviews } }] }',
        ),
    );
    snapshot.route.get(target);
    assert.deepEqual(problems, ["a gRPC client has no rewrite: route 'r'", "a gRPC client has no mirror: route 'r'"]);
  });

  it('have a fault override on every route, and its digest in the name of one that has a fault', () => {
    const to = 'route: [{ destination: { host: reviews } }]';
    const [fault] = routesIn(
      build(services() + rules(`{ name: r, fault: { abort: { percent: 5, httpStatus: 503 } }, ${to} }`)).snapshot,
    );
    const [plain] = routesIn(build(services() + rules(`{ name: r, ${to} }`)).snapshot);
    assert.deepEqual(Object.keys(plain?.typedPerFilterConfig ?? {}), ['envoy.filters.http.fault']);
    assert.equal(plain?.name, 'r');
    assert.match(fault?.name ?? '', /^r~[0-9a-f]{8}$/);
  });

  it('have all fields of outlier detection, whether it is on or not', () => {
    const off = clusterIn(build(services()).snapshot).outlierDetection;
    const on = clusterIn(
      build(services() + policy('{ outlierDetection: { consecutiveErrors: 7, interval: 1s } }')).snapshot,
    );
    assert.equal(off!.enforcingFailurePercentage, 0);
    assert.equal(on.outlierDetection!.enforcingFailurePercentage, 100);
    assert.equal(on.outlierDetection!.failurePercentageRequestVolume, 7);
    assert.deepEqual(Object.keys(off!), Object.keys(on.outlierDetection ?? {}));
    assert.equal(off!.enforcingSuccessRate, 0);
  });

  it('balance in ways that a client knows', () => {
    const hash = build(
      services() + policy('{ loadBalancer: { consistentHash: { httpHeaderName: X-User } } }'),
    ).snapshot;
    assert.equal(clusterIn(hash).lbPolicy, Cluster_LbPolicy.RING_HASH);
    assert.deepEqual(
      routesIn(hash)[0]?.route?.hashPolicy.map(({ header }) => header?.headerName),
      ['x-user'],
    );
    const least = build(services() + policy('{ loadBalancer: { simple: LEAST_CONN } }'));
    assert.equal(clusterIn(least.snapshot).lbPolicy, Cluster_LbPolicy.ROUND_ROBIN);
    assert.equal(least.problems.length, 1);
  });

  it('have no address twice, no socket, and no name among endpoints', () => {
    const one = '{ address: 10.0.0.1, ports: { grpc: 9080 } }';
    const { snapshot } = build(services(`${one}, ${one}, { address: some.example.com, ports: { grpc: 1 } }`));
    const found = endpointsIn(snapshot).flatMap(({ lbEndpoints }) =>
      lbEndpoints.map(({ endpoint }) => endpoint?.address?.socketAddress),
    );
    assert.deepEqual(found, [{ address: '10.0.0.1', portValue: 9080 }]);
    assert.ok(
      endpointsIn(snapshot).every(
        ({ locality, loadBalancingWeight }) => locality !== undefined && loadBalancingWeight! > 0,
      ),
    );
  });

  it('look up a service that is one name', () => {
    const { snapshot } = build(services('{ address: some.example.com, ports: { grpc: 1 } }'));
    const found = clusterIn(snapshot);
    assert.equal(found.type, Cluster_DiscoveryType.LOGICAL_DNS);
    assert.deepEqual(snapshot.cluster.get(cluster)?.references, []);
  });

  it('are the same for the same mesh, but not once they were gone', () => {
    const before = build(services()).snapshot;
    const same = build(services(), before).snapshot;
    for (const [kind, name] of [
      ['listener', target],
      ['cluster', cluster],
      ['route', target],
      ['endpoints', cluster],
    ] as const) {
      assert.equal(same[kind].get(name)?.version, before[kind].get(name)?.version);
    }
    const gone = build(services().replace('name: reviews', 'name: other'), same).snapshot;
    assert.equal(gone.listener.get(target), undefined);
    assert.equal(gone.cluster.get(cluster), undefined);
    const back = build(services(), gone).snapshot;
    assert.notEqual(back.listener.get(target)?.version, before.listener.get(target)?.version);
    assert.notEqual(back.cluster.get(cluster)?.version, before.cluster.get(cluster)?.version);
    assert.equal(back.route.get(target)?.version, before.route.get(target)?.version);
    const again = build(services(), build(services().replace('name: reviews', 'name: other'), back).snapshot).snapshot;
    assert.notEqual(again.cluster.get(cluster)?.version, back.cluster.get(cluster)?.version);
    assert.equal(build(services(), again).snapshot.cluster.get(cluster)?.version, again.cluster.get(cluster)?.version);
    assert.deepEqual([...again.incarnations.keys()].sort(), [cluster, target].sort(), 'what is gone is forgotten');
  });
});
