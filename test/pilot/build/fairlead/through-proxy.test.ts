import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, linkSync } from 'node:fs';
import { createServer, request, type RequestOptions, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { type BuildOptions, buildProxyConfig } from '../../../../src/pilot/build/fairlead/index.js';
import { createProxy, type Proxy, systemEnv, systemUpstreamEnv } from '../../../../src/proxy/index.js';
import { tempFolder } from '../../../support/temp-folder.js';
import { modelOf, proxyOf, resource } from '../../support.js';

const sockets = tempFolder({});
// What is built moves real requests: the names are Pilot's, the ports are free ones.
const quiet = { info: () => undefined, warn: () => undefined };

async function serve(name: string): Promise<Server> {
  const server = createServer((incoming, response) => {
    response.end(`${name} ${incoming.headers.host} ${incoming.url}`);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function mesh(v1: number, v2: number): string {
  const socket = (name: string) => `unix://${sockets}/${name}.sock`;
  return [
    `kind: Services
metadata: { name: shop }
spec:
  services:
    - name: reviews
      address: 10.0.0.1
      ports: [{ name: http, port: 9080 }]
      instances:
        - { address: 127.0.0.1, ports: { http: ${v1} }, labels: { version: v1 } }
        - { address: 127.0.0.1, ports: { http: ${v2} }, labels: { version: v2 } }
    - { name: bytes, address: 10.0.0.2, ports: [{ name: tcp, port: 7000 }], instances: [{ address: 127.0.0.1, ports: { tcp: ${v2} } }] }
`,
    resource('MeshConfig', 'mesh', '{ outboundTrafficPolicy: { mode: REGISTRY_ONLY }, accessLogFile: "" }'),
    resource(
      'DestinationRule',
      'reviews',
      '{ host: reviews, subsets: [{ name: v1, labels: { version: v1 } }, { name: v2, labels: { version: v2 } }] }',
    ),
    resource(
      'VirtualService',
      'reviews',
      '{ hosts: [reviews, shop.example.com], gateways: [mesh, edge], http: [{ match: [{ headers: { end-user: { exact: jason } } }], route: [{ destination: { host: reviews, subset: v2 } }] }, { rewrite: { uri: /new }, match: [{ uri: { prefix: /old } }], route: [{ destination: { host: reviews, subset: v1 } }] }, { route: [{ destination: { host: reviews, subset: v1 } }] }] }',
    ),
    resource(
      'Gateway',
      'edge',
      '{ selector: { istio: ingressgateway }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["*"] }] }',
    ),
    resource(
      'Sidecar',
      'own',
      `{ workloadSelector: { labels: { app: reviews } }, ingress: [{ port: { number: 9080, name: http, protocol: HTTP }, defaultEndpoint: "127.0.0.1:${v1}" }], egress: [{ hosts: ["*/*"] }] }`,
    ),
    resource(
      'Sidecar',
      'sockets',
      `{ workloadSelector: { labels: { app: sockets } }, ingress: [{ port: { number: 9090, name: http, protocol: HTTP }, bind: "${socket('in')}", defaultEndpoint: "${socket('app')}" }, { port: { number: 9091, name: tcp, protocol: TCP }, defaultEndpoint: "${socket('app')}" }], egress: [{ port: { number: 0, name: http, protocol: HTTP }, bind: "${socket('out')}", hosts: ["*/*"] }, { port: { number: 0, name: tcp, protocol: TCP }, bind: "${socket('bytes')}", hosts: ["*/bytes.default.svc.cluster.local"] }, { hosts: ["*/*"] }] }`,
    ),
  ].join('');
}

async function ask(options: RequestOptions): Promise<string> {
  const [response] = (await once(request({ host: '127.0.0.1', ...options }).end(), 'response')) as [
    AsyncIterable<Buffer> & { statusCode: number },
  ];
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return response.statusCode === 200 ? body : String(response.statusCode);
}

describe('a proxy with what Pilot built', () => {
  let apps: readonly Server[] = [];
  const proxies: Proxy[] = [];

  async function start(proxy: Parameters<typeof proxyOf>[0], options: BuildOptions = {}): Promise<Proxy> {
    const [v1, v2] = apps.map(portOf);
    const config = buildProxyConfig(modelOf(mesh(v1!, v2!)), proxyOf(proxy), { ...options, bindPort: () => 0 });
    const made = createProxy({
      env: systemEnv(quiet),
      upstreamEnv: systemUpstreamEnv(),
      makeTransport: () => assert.fail('there is no Mixer'),
      openLog: () => ({ write: () => undefined }),
      drainMillis: 10,
    });
    proxies.push(made);
    assert.deepEqual(await made.apply({ ...config, mixer: undefined }), []);
    return made;
  }

  const portAt = (proxy: Proxy, name: string): number => {
    const address = proxy.addresses().get(name);
    assert(address !== undefined, `${name} is among ${[...proxy.addresses().keys()].join()}`);
    return address.port;
  };

  before(async () => {
    apps = await Promise.all(['v1', 'v2'].map(serve));
  });
  after(async () => {
    await Promise.all(proxies.map((proxy) => proxy.close()));
    for (const app of apps) app.close();
  });

  it('routes by header as an HTTP proxy, and blocks what nobody knows', async () => {
    const port = portAt(await start({}), '127.0.0.1_15002');
    assert.equal(await ask({ port, path: 'http://reviews:9080/a' }), 'v1 reviews:9080 /a');
    assert.equal(
      await ask({ port, path: 'http://reviews:9080/a', headers: { 'end-user': 'jason' } }),
      'v2 reviews:9080 /a',
    );
    assert.equal(await ask({ port, path: 'http://reviews:9080/old/a' }), 'v1 reviews:9080 /new/a');
    assert.equal(await ask({ port, path: 'http://nobody.example.com/' }), '502');
  });

  it('opens a tunnel to a service that is not HTTP', async () => {
    const port = portAt(await start({}), '127.0.0.1_15002');
    const tunnel = request({ host: '127.0.0.1', port, method: 'CONNECT', path: 'bytes:7000' }).end();
    const [{ statusCode }, socket] = (await once(tunnel, 'connect')) as [
      { statusCode: number },
      NodeJS.ReadWriteStream,
    ];
    assert.equal(statusCode, 200);
    socket.end('GET /t HTTP/1.0\r\nhost: h\r\n\r\n');
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    assert.match(text, /v2 h \/t$/);
  });

  it('goes by PROXY header where connections wanted to go', async () => {
    const port = portAt(await start({}), 'virtualOutbound');
    const through = async (to: string): Promise<string> => {
      const socket = connect(port, '127.0.0.1');
      socket.write(`PROXY TCP4 10.9.9.9 ${to}\r\nGET /p HTTP/1.1\r\nhost: reviews\r\nconnection: close\r\n\r\n`);
      let text = '';
      for await (const chunk of socket) text += String(chunk);
      return text;
    };
    assert.match(await through('10.0.0.1 4000 9080'), /v1 reviews \/p/);
    assert.match(await through('10.0.0.2 4000 7000'), /v2 reviews \/p/);
  });

  it('listens on the ports of services when told to', async () => {
    const proxy = await start({}, { outboundPorts: 'all' });
    assert.equal(await ask({ port: portAt(proxy, '127.0.0.1_9080'), headers: { host: 'reviews' } }), 'v1 reviews /');
    assert.equal(await ask({ port: portAt(proxy, '127.0.0.1_7000'), headers: { host: 'h' } }), 'v2 h /');
  });

  it('takes the calls for its own workload', async () => {
    const proxy = await start({ ips: ['127.0.0.1'], labels: { app: 'reviews' } });
    const port = portAt(proxy, '127.0.0.1_9080');
    assert.equal(await ask({ port, headers: { host: 'reviews', 'end-user': 'jason' } }), 'v1 reviews /');
  });

  it('listens to sockets, and calls them, as a Sidecar says', async () => {
    const own = createServer((incoming, response) => {
      response.end(`app ${incoming.headers.host} ${incoming.url}`);
    }).listen(`${sockets}/app.sock`);
    own.unref();
    await once(own, 'listening');
    // What a process that was killed leaves behind.
    const stale = createServer().listen(`${sockets}/stale.sock`);
    await once(stale, 'listening');
    linkSync(`${sockets}/stale.sock`, `${sockets}/out.sock`);
    stale.close();
    const proxy = await start({ ips: ['127.0.0.1'], labels: { app: 'sockets' } });
    const at = (name: string): Pick<RequestOptions, 'socketPath'> => ({ socketPath: `${sockets}/${name}.sock` });
    assert.equal(await ask({ ...at('in'), path: '/a', headers: { host: 'h' } }), 'app h /a');
    assert.equal(await ask({ ...at('out'), path: '/a', headers: { host: 'reviews:9080' } }), 'v1 reviews:9080 /a');
    assert.equal(await ask({ ...at('bytes'), path: '/b', headers: { host: 'h' } }), 'v2 h /b');
    assert.equal(await ask({ port: portAt(proxy, '127.0.0.1_9091'), headers: { host: 'h' } }), 'app h /');
    await proxy.close();
    own.close();
    assert.equal(existsSync(`${sockets}/in.sock`), false);
  });

  it('serves the hosts of a gateway, and nothing else', async () => {
    const proxy = await start({ type: 'router', labels: { istio: 'ingressgateway' } });
    const port = portAt(proxy, '0.0.0.0_80');
    assert.equal(
      await ask({ port, headers: { host: 'shop.example.com', 'end-user': 'jason' } }),
      'v2 shop.example.com /',
    );
    assert.equal(await ask({ port, headers: { host: 'other.example.com' } }), '404');
  });
});
