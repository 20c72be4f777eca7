import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualHost_TlsRequirementType as Tls } from '../../../../src/gen/envoy/config/route/v3/route_components.js';
import type { RouteConfiguration } from '../../../../src/gen/envoy/config/route/v3/route.js';
import { resource, servicesOf } from '../../support.js';
import { build, clusterOf, describeRoutes } from './support.js';

const to = (host: string): string => `{ destination: { host: ${host} } }`;
const gateway = (servers: string, name = 'g'): string =>
  resource('Gateway', name, `{ selector: { istio: ingressgateway }, servers: [${servers}] }`);
const plain = '{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["*"] }';
const router = { type: 'router', labels: { istio: 'ingressgateway' } } as const;

function hostsOf({ virtualHosts }: RouteConfiguration): readonly string[] {
  return virtualHosts.map(({ name, domains }) => `${name} ${domains.join()}`);
}

describe('routes of a sidecar', () => {
  it('are by port, and all for the HTTP proxy', () => {
    const yaml = servicesOf(
      ['b', 'a'],
      '{ name: http, port: 80 }, { name: grpc-x, port: 81 }, { name: tcp, port: 82 }',
    );
    const { snapshot, routes } = build(yaml);
    assert.deepEqual([...snapshot.route.keys()], ['80', '81', 'http_proxy']);
    const names = (table: string) => routes(table).virtualHosts.map(({ name }) => name);
    const [a, b] = ['a.default.svc.cluster.local', 'b.default.svc.cluster.local'];
    assert.deepEqual(names('80'), [`${a}:80`, `${b}:80`, 'allow_any']);
    assert.deepEqual(names('http_proxy'), [`${a}:80`, `${a}:81`, `${b}:80`, `${b}:81`, 'allow_any']);
  });

  it('know services by all their names', () => {
    const [first] = build(servicesOf(['a.other'])).routes('80').virtualHosts;
    const names = ['a.other.svc.cluster.local', 'a.other', 'a.other.svc'];
    assert.deepEqual(
      first?.domains,
      names.flatMap((name) => [name, `${name}:80`]),
    );
  });

  it('let calls of unknown hosts through, or not', () => {
    const mesh = resource('MeshConfig', 'mesh', '{ outboundTrafficPolicy: { mode: REGISTRY_ONLY } }');
    const open = build(servicesOf(['a']));
    assert.deepEqual(describeRoutes(open.host('80', 'allow_any')), ['/* -> PassthroughCluster']);
    const closed = build(servicesOf(['a']) + mesh);
    assert.deepEqual(describeRoutes(closed.host('80', 'block_all')), ['/* -> 502']);
    assert.deepEqual(closed.routes('80').virtualHosts.at(-1)?.domains, ['*']);
  });

  it('lead to services without rules, and try again twice without an end', () => {
    const [route] = build(servicesOf(['a'])).host('80', 'a.default.svc.cluster.local:80');
    assert.equal(route?.name, 'default');
    assert.equal(route.route?.cluster, clusterOf('a'));
    assert.deepEqual(route.route.timeout, { seconds: 0n, nanos: 0 });
    assert.equal(route.route.retryPolicy?.numRetries, 2);
    assert.deepEqual(route.route.retryPolicy.retriableStatusCodes, [503]);
    assert.equal(route.route.retryPolicy.retryHostPredicate[0]?.name, 'envoy.retry_host_predicates.previous_hosts');
    assert.equal(route.decorator?.operation, 'a.default.svc.cluster.local:80/*');
  });

  it('need the clusters that there are, and may lead to others', () => {
    const rules = `{ hosts: [a], http: [{ route: [{ destination: { host: nowhere }, weight: 40 }, { destination: { host: a }, weight: 60 }], mirror: { host: nobody } }] }`;
    const { snapshot, host } = build(servicesOf(['a']) + resource('VirtualService', 'a', rules));
    assert.deepEqual(describeRoutes(host('80', 'a.default.svc.cluster.local:80')), [
      `/* -> ${clusterOf('nowhere')}=40,${clusterOf('a')}=60`,
    ]);
    const names = snapshot.route.get('80')?.references.map(({ name }) => name);
    assert.deepEqual(names, [clusterOf('a'), 'PassthroughCluster']);
  });

  it('are only for the ports and services that a Sidecar names', () => {
    const spec = `{ egress: [{ port: { number: 9000, name: http, protocol: HTTP }, hosts: ["./a.default.svc.cluster.local"] }, { port: { number: 1, name: x, protocol: HTTP }, bind: "unix:///run/x.sock", hosts: ["./*"] }, { hosts: ["./b.default.svc.cluster.local"] }] }`;
    const yaml = servicesOf(['a', 'b', 'c']) + resource('Sidecar', 's', spec);
    const { snapshot, routes } = build(yaml);
    assert.deepEqual([...snapshot.route.keys()], ['/run/x.sock', '80', '9000', 'http_proxy']);
    assert.deepEqual(
      routes('80').virtualHosts.map(({ name }) => name),
      ['b.default.svc.cluster.local:80', 'allow_any'],
    );
    assert.equal(snapshot.route.get('81'), undefined);
  });

  it('never have a domain twice, in whatever case it is written', () => {
    const entry = (name: string, host: string): string =>
      resource(
        'ServiceEntry',
        name,
        `{ hosts: [${host}], resolution: NONE, ports: [{ number: 80, name: http, protocol: HTTP }] }`,
      );
    const { routes } = build(
      servicesOf(['a']) + entry('x', 'a.default') + entry('w', 'X.example.com') + entry('z', '"*.example.com"'),
    );
    for (const table of ['80', 'http_proxy']) {
      const domains = routes(table).virtualHosts.flatMap((host) => host.domains);
      assert.equal(new Set(domains).size, domains.length);
      assert.deepEqual(
        domains,
        domains.map((domain) => domain.toLowerCase()),
      );
    }
  });

  it('do not wait for clusters, and let shares have the last word on headers', () => {
    const { validateClusters, mostSpecificHeaderMutationsWins } = build(servicesOf(['a'])).routes('80');
    assert.deepEqual([validateClusters, mostSpecificHeaderMutationsWins], [false, true]);
  });
});

describe('routes of a gateway', () => {
  const service = resource(
    'VirtualService',
    'v',
    `{ hosts: [v.example.com], gateways: [g], http: [{ route: [${to('a')}] }] }`,
  );

  it('are those of bound VirtualServices', () => {
    const { snapshot, routes, host } = build(servicesOf(['a']) + gateway(plain) + service, router);
    assert.deepEqual([...snapshot.route.keys()], ['http.80']);
    assert.deepEqual(hostsOf(routes('http.80')), ['v.example.com:80 v.example.com,v.example.com:80']);
    assert.deepEqual(describeRoutes(host('http.80', 'v.example.com:80')), [`/* -> ${clusterOf('a')}`]);
  });

  it('answer 404 where there are none', () => {
    const { routes, host } = build(servicesOf(['a']) + gateway(plain), router);
    assert.deepEqual(hostsOf(routes('http.80')), ['blackhole:80 *']);
    assert.deepEqual(describeRoutes(host('http.80', 'blackhole:80')), ['/* -> 404']);
  });

  it('are there for every name, if only empty ones', () => {
    const { routes } = build(servicesOf(['a']) + gateway(plain), router);
    assert.deepEqual(routes('http.99').virtualHosts, []);
  });

  it('are those of one server where TLS ends', () => {
    const tls = '{ mode: SIMPLE, serverCertificate: /c, privateKey: /k }';
    const server = `{ port: { number: 443, name: https, protocol: HTTPS }, hosts: ["v.example.com"], tls: ${tls} }`;
    const { snapshot, routes } = build(servicesOf(['a']) + gateway(server) + service, router);
    assert.deepEqual([...snapshot.route.keys()], ['https.443.https.g.default']);
    assert.deepEqual(hostsOf(routes('https.443.https.g.default')), [
      'v.example.com:443 v.example.com,v.example.com:443',
    ]);
  });

  it('send callers to HTTPS, also for hosts without routes', () => {
    const server = `{ port: { number: 80, name: http, protocol: HTTP }, hosts: [v.example.com, w.example.com], tls: { httpsRedirect: true } }`;
    const { routes } = build(servicesOf(['a']) + gateway(server) + service, router);
    const found = routes('http.80').virtualHosts.map(({ name, requireTls }) => `${name} ${Tls[requireTls]}`);
    assert.deepEqual(found, ['v.example.com:80 ALL', 'w.example.com:80 ALL']);
  });
});
