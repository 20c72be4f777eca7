import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { once } from 'node:events';
import { resource } from '../pilot/support.js';
import { TestAuthority } from '../proxy/upstream/certificates.js';
import { listServices, meshConfig } from '../support/mesh/services.js';
import type { StandIn } from '../support/mesh/stand-in.js';
import { TestMesh, type TestProxyOptions } from '../support/mesh/test-mesh.js';
import { echo, getOver, seenOf, type TestProxy } from '../support/mesh/test-proxy.js';
import { until } from '../support/mesh/test-time.js';

// Ways into and out of a sidecar: Sidecar, ServiceEntry, outbound policy, TCP and TLS routes (mesh.md 2.1.12, 2.4, 2.5).
const anyone = 'outboundTrafficPolicy: { mode: ALLOW_ANY }';

describe('a sidecar', { timeout: 180_000 }, () => {
  const mesh = new TestMesh();
  const names = ['a', 'b'] as const;
  const apps = {} as Record<(typeof names)[number] | 'bytesA' | 'bytesB' | 'secure', StandIn>;
  let authority: TestAuthority;
  let services: string;

  before(async () => {
    authority = new TestAuthority(mesh.folder, 'ca');
    const { cert, key } = authority.issue('secure', 'DNS:*.example.com');
    for (const name of names) apps[name] = await mesh.http(name);
    apps.bytesA = await mesh.tcp('one');
    apps.bytesB = await mesh.tcp('two');
    apps.secure = await mesh.http('secure', { cert, key });
    services = listServices([
      { name: 'a', address: '10.0.0.1', ports: { http: 80 }, places: [{ app: apps.a, labels: { app: 'a' } }] },
      { name: 'b', address: '10.0.0.2', ports: { http: 80 }, places: [{ app: apps.b, labels: { app: 'b' } }] },
      { name: 'one', address: '10.0.0.3', ports: { tcp: 7000 }, places: [{ app: apps.bytesA }] },
      { name: 'two', address: '10.0.0.4', ports: { tcp: 7000 }, places: [{ app: apps.bytesB }] },
    ]);
  });

  const start = (yaml: string, options?: TestProxyOptions, policy?: string): Promise<TestProxy> =>
    mesh.proxy(services + meshConfig(policy) + yaml, options);
  /** A connection that says by PROXY header where it wants to go. */
  const towards = async (proxy: TestProxy, address: string, port: number): Promise<Socket> => {
    const socket = await proxy.dial('virtualOutbound');
    socket.write(`PROXY TCP4 10.9.9.9 ${address} 4000 ${port}\r\n`);
    return socket;
  };
  /** What a connection brings; empty when it is closed. */
  const textOf = async (socket: Socket): Promise<string> => {
    let text = '';
    try {
      for await (const chunk of socket) text += String(chunk);
    } catch {
      // Broken off is closed too.
    }
    return text;
  };

  it('has the real ports of its Sidecar with captureMode NONE, each for its hosts', async () => {
    const proxy = await start(
      resource(
        'Sidecar',
        's',
        `{ egress: [
          { port: { number: 80, name: http, protocol: HTTP }, captureMode: NONE, bind: 127.0.0.1, hosts: [./a.default.svc.cluster.local] },
          { port: { number: 7000, name: tcp, protocol: TCP }, captureMode: NONE, bind: 127.0.0.1, hosts: [./two.default.svc.cluster.local] },
          { hosts: [./b.default.svc.cluster.local] }] }`,
      ),
    );
    assert.equal((await proxy.at('127.0.0.1_80', 'a')).by, 'a');
    assert.equal((await proxy.at('127.0.0.1_80', 'b')).status, 502);
    assert.equal((await proxy.get('http://b/')).by, 'b');
    assert.equal(await echo(await proxy.dial('127.0.0.1_7000'), 'text', 'two'), 'two:text');
  });

  it('takes calls where its Sidecar says, for the endpoint that it says', async () => {
    const ingress = `{ port: { number: 9000, name: http, protocol: HTTP }, bind: 127.0.0.1, captureMode: NONE, defaultEndpoint: "127.0.0.1:${apps.b.port}" }`;
    const proxy = await start(resource('Sidecar', 's', `{ ingress: [${ingress}], egress: [{ hosts: ["*/*"] }] }`));
    assert.equal((await proxy.at('127.0.0.1_9000', 'anything')).by, 'b');
  });

  it('takes calls for its own workload alone, of several at one address', async () => {
    const proxy = await start('', { proxy: { ips: ['127.0.0.1'], labels: { app: 'b' } } });
    assert.equal((await proxy.at(`127.0.0.1_${apps.b.port}`, 'b')).by, 'b');
    assert.equal(proxy.proxy.addresses().has(`127.0.0.1_${apps.a.port}`), false);
  });

  it('calls another one by mutual TLS, which takes nothing else', async () => {
    const identity = (name: string) => {
      const { certFile, keyFile } = authority.issue(`of-${name}`, `URI:spiffe://cluster.local/ns/default/sa/${name}`);
      return { certificateFile: certFile, privateKeyFile: keyFile, caFile: authority.caFile };
    };
    const rule = resource('DestinationRule', 'b', '{ host: b, trafficPolicy: { tls: { mode: ISTIO_MUTUAL } } }');
    const callee = await start('', {
      proxy: { ips: ['127.0.0.1'], labels: { app: 'b' } },
      build: { certificates: identity('b'), inboundTls: 'strict' },
    });
    const port = callee.port(`127.0.0.1_${apps.b.port}`);
    const ports = { [`127.0.0.1:${apps.b.port}`]: port };
    const caller = await start(rule, { build: { certificates: identity('a') }, ports });
    assert.equal((await caller.get('http://b/')).by, 'b');
    const plain = await start('', { ports });
    assert.equal((await plain.get('http://b/')).status, 503);
  });

  it('tells services that are not HTTP apart by their addresses', async () => {
    const proxy = await start('');
    assert.equal(await echo(await towards(proxy, '10.0.0.3', 7000), 'text', 'one'), 'one:text');
    assert.equal(await echo(await towards(proxy, '10.0.0.4', 7000), 'text', 'two'), 'two:text');
  });

  it('divides connections as tcp routes say', async () => {
    let roll = 0;
    const route = '[{ destination: { host: one }, weight: 80 }, { destination: { host: two }, weight: 20 }]';
    const rule = resource(
      'VirtualService',
      'one',
      `{ hosts: [one], tcp: [{ match: [{ port: 7000 }], route: ${route} }] }`,
    );
    const proxy = await start(rule, { env: { random: () => (roll++ % 10) / 10 } });
    const counts: Record<string, number> = { one: 0, two: 0 };
    for (let i = 0; i < 20; i++) {
      const [name = ''] = (await echo(await towards(proxy, '10.0.0.3', 7000), 'x', 'one')).split(':');
      counts[name]! += 1;
    }
    assert.deepEqual(counts, { one: 16, two: 4 });
  });

  it('leads encrypted connections where tls routes say, by name of the server', async () => {
    const entry = `{ hosts: [books.example.com, films.example.com], ports: [{ number: 443, name: tls, protocol: TLS }], resolution: STATIC, endpoints: [{ address: 127.0.0.1, ports: { tls: ${apps.secure.port} } }] }`;
    const other = `{ hosts: [nowhere.example.com], ports: [{ number: 443, name: tls, protocol: TLS }], resolution: STATIC, endpoints: [{ address: 127.0.0.1, ports: { tls: 1 } }] }`;
    const proxy = await start(
      resource('ServiceEntry', 'books', entry) +
        resource('ServiceEntry', 'nowhere', other) +
        resource(
          'VirtualService',
          'films',
          '{ hosts: [films.example.com], tls: [{ match: [{ sniHosts: [films.example.com] }], route: [{ destination: { host: nowhere.example.com } }] }] }',
        ),
      { build: { outboundPorts: 'all' } },
    );
    const by = async (servername: string): Promise<string> => {
      const socket = connectTls({
        socket: await proxy.dial('127.0.0.1_443'),
        servername,
        ca: readFileSync(authority.caFile),
      });
      await once(socket, 'secureConnect');
      return getOver(socket, servername);
    };
    assert.match(await by('books.example.com'), /"by":"secure"/);
    await assert.rejects(by('films.example.com'));
    await assert.rejects(by('unknown.example.com'));
  });

  describe('calls what a ServiceEntry', () => {
    const entry = (fields: string, port: number): string =>
      resource('ServiceEntry', 'e', `{ ports: [{ number: ${port}, name: http, protocol: HTTP }], ${fields} }`);

    it('lists', async () => {
      const endpoints = names.map(
        (name) => `{ address: 127.0.0.1, ports: { http: ${apps[name].port} }, labels: { v: ${name} } }`,
      );
      const proxy = await start(
        entry(
          `hosts: [e.example.com], resolution: STATIC, location: MESH_EXTERNAL, endpoints: [${endpoints.join(', ')}]`,
          80,
        ) +
          resource('DestinationRule', 'e', '{ host: e.example.com, subsets: [{ name: b, labels: { v: b } }] }') +
          resource(
            'VirtualService',
            'e',
            '{ hosts: [e.example.com], http: [{ match: [{ uri: { prefix: /b } }], route: [{ destination: { host: e.example.com, subset: b } }] }, { route: [{ destination: { host: e.example.com } }] }] }',
          ),
      );
      const found = new Set<string>();
      for (let i = 0; i < 4; i++) found.add((await proxy.get('http://e.example.com/')).by);
      assert.deepEqual([...found].sort(), ['a', 'b']);
      for (let i = 0; i < 4; i++) assert.equal((await proxy.get('http://e.example.com/b')).by, 'b');
    });

    it('gives by name', async () => {
      const fields = `hosts: [e.example.com], resolution: DNS, endpoints: [{ address: place.example.com, ports: { http: ${apps.b.port} } }]`;
      const proxy = await start(entry(fields, 80), { hosts: { 'place.example.com': ['127.0.0.1'] } });
      assert.deepEqual(seenOf(await proxy.get('http://e.example.com/x')).by, 'b');
    });

    it('leaves to the caller', async () => {
      const { port } = apps.a;
      const proxy = await start(entry('hosts: ["*.example.com"], resolution: NONE', port), {
        hosts: { 'some.example.com': ['127.0.0.1'] },
      });
      assert.equal((await proxy.get(`http://some.example.com:${port}/`)).by, 'a');
      const socket = await towards(proxy, '127.0.0.1', port);
      assert.match(await getOver(socket, `some.example.com:${port}`), /"by":"a"/);
    });
  });

  it('goes with ALLOW_ANY to what nobody knows', async () => {
    const { port } = apps.a;
    const proxy = await start('', { hosts: { 'some.example.com': ['127.0.0.1'] } }, anyone);
    assert.equal((await proxy.get(`http://some.example.com:${port}/`)).by, 'a');
    assert.match(await getOver(await towards(proxy, '127.0.0.1', port), 'h'), /"by":"a"/);
    assert.equal(await echo(await towards(proxy, '127.0.0.1', apps.bytesA.port), 'text', 'one'), 'one:text');
  });

  it('does not with REGISTRY_ONLY', async () => {
    const { port } = apps.a;
    const proxy = await start('', { hosts: { 'some.example.com': ['127.0.0.1'] } });
    assert.equal((await proxy.get(`http://some.example.com:${port}/`)).status, 502);
    assert.equal(await textOf(await towards(proxy, '127.0.0.1', apps.bytesA.port)), '');
  });

  it('may be told the opposite of the mesh by its Sidecar', async () => {
    const { port } = apps.a;
    const sidecar = resource(
      'Sidecar',
      's',
      '{ outboundTrafficPolicy: { mode: ALLOW_ANY }, egress: [{ hosts: ["*/*"] }] }',
    );
    const proxy = await start(sidecar, { hosts: { 'some.example.com': ['127.0.0.1'] } });
    assert.equal((await proxy.get(`http://some.example.com:${port}/`)).by, 'a');
  });

  it('follows a change without breaking a connection', async () => {
    const to = (name: string): string =>
      services +
      meshConfig() +
      resource('VirtualService', 'a', `{ hosts: [a], http: [{ route: [{ destination: { host: ${name} } }] }] }`);
    const proxy = await mesh.proxy(to('a'));
    const tcp = await towards(proxy, '10.0.0.3', 7000);
    const [greeting] = (await once(tcp, 'data')) as [Buffer];
    assert.equal(String(greeting), 'one:');
    const first = await proxy.get('http://a/');
    assert.equal(first.by, 'a');
    let answerNow: (() => void) | undefined;
    apps.a.answer = (_request, response) => {
      answerNow = () => response.setHeader('x-by', 'a').end();
      return true;
    };
    const underWay = proxy.get('http://a/');
    await until(() => answerNow !== undefined);
    await proxy.change(to('b'));
    answerNow?.();
    assert.equal((await underWay).by, 'a');
    const next = await proxy.get('http://a/');
    assert.deepEqual([next.by, next.callerPort], ['b', first.callerPort]);
    tcp.write('still');
    const [text] = (await once(tcp, 'data')) as [Buffer];
    assert.equal(String(text), 'still');
    tcp.destroy();
    apps.a.answer = undefined;
  });
});
