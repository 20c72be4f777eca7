import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ProxyConfig } from '../../../../src/gen/fairlead/proxy/v1/config.js';
import { buildProxyConfig } from '../../../../src/pilot/build/fairlead/index.js';
import { compileChainMatch } from '../../../../src/proxy/listeners/chain-match.js';
import { compileRouteTable } from '../../../../src/proxy/routing/index.js';
import { modelOf, proxyOf, resource, servicesOf } from '../../support.js';

const shop = servicesOf(['a', 'b', 'c.other']);
const rule = resource('DestinationRule', 'a', '{ host: a, subsets: [{ name: v1, labels: { version: v1 } }] }');
const route = resource(
  'VirtualService',
  'a',
  '{ hosts: [a], http: [{ route: [{ destination: { host: a, subset: v1 } }] }] }',
);

describe('the configuration of a proxy', () => {
  it('is the same to the byte for the same mesh, in whatever order it is written', () => {
    const one = buildProxyConfig(modelOf(`${shop}${rule}${route}`), proxyOf());
    const other = buildProxyConfig(modelOf(`${route}${rule}${shop}`), proxyOf());
    assert.deepEqual(ProxyConfig.encode(one).finish(), ProxyConfig.encode(other).finish());
    assert.match(one.version, /^[0-9a-f]{32}$/);
  });

  it('has another version once it says something else', () => {
    const before = buildProxyConfig(modelOf(shop), proxyOf()).version;
    assert.notEqual(buildProxyConfig(modelOf(`${shop}${rule}`), proxyOf()).version, before);
    assert.notEqual(buildProxyConfig(modelOf(shop), proxyOf({ id: 'b.default' })).version, before);
  });

  it('has the same routes and clusters for all proxies that see the same', () => {
    const model = modelOf(`${shop}${rule}${route}`);
    const [one, other] = ['x.default', 'y.default'].map((id) => buildProxyConfig(model, proxyOf({ id })));
    assert.deepEqual(one?.routeTables, other?.routeTables);
    assert.deepEqual(one?.clusters, other?.clusters);
    assert.deepEqual(one?.endpoints, other?.endpoints);
  });

  it('binds to other ports and addresses under the names of the configured ones', () => {
    const gateway = resource(
      'Gateway',
      'edge',
      '{ selector: { a: b }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["*"] }] }',
    );
    const options = { bindPort: (port: number) => port + 10_000, outboundAddress: '127.0.0.7', gatewayAddress: '::1' };
    const model = modelOf(`${shop}${gateway}`);
    const places = (type: 'sidecar' | 'router') =>
      buildProxyConfig(model, proxyOf({ type, labels: { a: 'b' } }), options).listeners.map(
        ({ name, address, port }) => `${name} ${address} ${port}`,
      );
    assert.deepEqual(places('sidecar'), ['127.0.0.7_15002 127.0.0.7 25002', 'virtualOutbound 127.0.0.7 25001']);
    assert.deepEqual(places('router'), ['::1_80 ::1 10080']);
  });

  it('leaves out what a proxy would call itself by, and says so once', () => {
    const problems: string[] = [];
    const text =
      'kind: Services\nmetadata: { name: s }\nspec: { services: [{ name: a, ports: [{ name: http, port: 80 }], instances: [{ address: 127.0.0.1 }] }] }';
    const config = buildProxyConfig(modelOf(text), proxyOf({ ips: ['127.0.0.1'] }), {
      onProblem: (message) => problems.push(message),
    });
    assert.deepEqual(
      config.listeners.map(({ name }) => name),
      ['127.0.0.1_15002', 'virtualOutbound'],
    );
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? '', /call itself/);
  });

  it('tells connections with a PROXY header apart by where they wanted to go', () => {
    const text = `kind: Services
metadata: { name: s }
spec:
  services:
    - { name: web, address: 10.0.0.1, ports: [{ name: http, port: 80 }] }
    - { name: sql, address: 10.0.0.2, ports: [{ name: mysql, port: 80 }] }
    - { name: tls, address: 10.0.0.3, ports: [{ name: https, port: 443 }] }
`;
    const { listeners } = buildProxyConfig(modelOf(text), proxyOf());
    const { chains = [] } = listeners.find(({ name }) => name === 'virtualOutbound') ?? {};
    const choose = compileChainMatch(chains.map((chain) => ({ match: chain.match, endsTls: false, value: chain })));
    const to = (host: string, port: number, serverName?: string): string | undefined => {
      const chain = choose({ destination: { host, port }, isTls: serverName !== undefined, serverName });
      return chain?.http?.routeTable ?? chain?.tcp?.clusters[0]?.name;
    };
    assert.equal(to('10.0.0.1', 80), '80');
    assert.equal(to('10.9.9.9', 80), '80');
    assert.equal(to('10.0.0.2', 80), 'outbound|80||sql.default.svc.cluster.local');
    assert.equal(to('10.9.9.9', 443, 'tls.default.svc.cluster.local'), 'outbound|443||tls.default.svc.cluster.local');
    assert.equal(to('10.0.0.3', 443, 'nobody.example.com'), 'outbound|443||tls.default.svc.cluster.local');
    assert.equal(to('10.9.9.9', 443, 'nobody.example.com'), 'PassthroughCluster');
    assert.equal(to('10.0.0.1', 81), 'PassthroughCluster');
  });

  it('opens tunnels to services that are not HTTP, also where nothing unknown may be called', () => {
    const entry = resource(
      'ServiceEntry',
      'e',
      '{ hosts: [www.example.com], ports: [{ number: 443, name: https, protocol: HTTPS }], resolution: DNS }',
    );
    const mesh = resource('MeshConfig', 'mesh', '{ outboundTrafficPolicy: { mode: REGISTRY_ONLY } }');
    const { routeTables } = buildProxyConfig(modelOf(`${entry}${mesh}`), proxyOf());
    const [table] = routeTables.filter(({ name }) => name === 'http_proxy').map((one) => compileRouteTable(one));
    const find = (method: string, authority: string) =>
      table?.find(
        { method, path: '/', authority, scheme: 'http', protocol: 'HTTP/1.1', headers: undefined as never },
        { remote: here, local: here, destination: undefined, tls: undefined },
      );
    assert.equal(find('CONNECT', 'www.example.com:443')?.forward?.pick(() => 0).name, 'outbound|443||www.example.com');
    assert.equal(find('GET', 'www.example.com:443'), undefined);
    assert.equal(find('CONNECT', 'other.example.com:443')?.name, 'block_all');
  });
});

const here = { host: '127.0.0.1', port: 1 };
