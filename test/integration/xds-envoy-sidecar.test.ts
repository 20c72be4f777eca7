import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { before, describe, it } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { resource } from '../pilot/support.js';
import { TestAuthority } from '../proxy/upstream/certificates.js';
import { envoyPeer } from '../support/envoy.js';
import { EnvoyMesh, type EnvoyMeshOptions } from '../support/mesh/envoy-mesh.js';
import { listServices, meshConfig } from '../support/mesh/services.js';
import type { StandIn } from '../support/mesh/stand-in.js';
import { TestMesh } from '../support/mesh/test-mesh.js';
import { echo, getOver, type TestProxy } from '../support/mesh/test-proxy.js';

// Ways into and out of a stock Envoy beside a workload: Sidecar, ServiceEntry, outbound policy, TCP and TLS routes
// (mesh.md 2.1.12, 2.4, 2.5, 3.2).
describe('a sidecar of Envoy', { skip: envoyPeer.skip, timeout: 180_000 }, () => {
  if (envoyPeer.skip !== false) return;
  const mesh = new TestMesh();
  const sidecar = new EnvoyMesh(mesh, { ip: '127.0.0.1', labels: { app: 'own' } });
  const apps = {} as Record<'a' | 'b' | 'own' | 'one' | 'two' | 'secure', StandIn>;
  let authority: TestAuthority;
  let services: string;

  before(async () => {
    authority = new TestAuthority(mesh.folder, 'ca');
    const { cert, key } = authority.issue('secure', 'DNS:*.example.com');
    for (const name of ['a', 'b', 'own'] as const) apps[name] = await mesh.http(name);
    for (const name of ['one', 'two'] as const) apps[name] = await mesh.tcp(name);
    apps.secure = await mesh.http('secure', { cert, key });
    services = listServices([
      { name: 'a', address: '10.0.0.1', ports: { http: 80 }, places: [{ app: apps.a, labels: { app: 'a' } }] },
      { name: 'b', address: '10.0.0.2', ports: { http: 80 }, places: [{ app: apps.b, labels: { app: 'b' } }] },
      { name: 'own', ports: { http: 80 }, places: [{ app: apps.own, labels: { app: 'own' } }] },
      { name: 'one', address: '10.0.0.3', ports: { tcp: 7000 }, places: [{ app: apps.one, labels: { app: 'one' } }] },
      { name: 'two', address: '10.0.0.4', ports: { tcp: 7000 }, places: [{ app: apps.two, labels: { app: 'two' } }] },
      { name: 'any', address: '10.0.0.5', ports: { any: 9100 }, places: [{ app: apps.a, labels: { app: 'a' } }] },
    ]);
  });

  const anyone = 'outboundTrafficPolicy: { mode: ALLOW_ANY }';
  const start = (yaml: string, options?: EnvoyMeshOptions, policy?: string): Promise<TestProxy> =>
    // Without addresses of connections two services cannot share a port.
    sidecar.start(services + meshConfig(policy) + yaml, {
      told: /^two\.default.* loses 127.0.0.1_7000 to one/,
      ...options,
    });
  const redirected: EnvoyMeshOptions = { build: { interception: 'redirect' }, isDirect: true };
  /** A connection that says by PROXY header what redirected ones tell by themselves. */
  const towards = async (proxy: TestProxy, address: string, port: number, listener = 15_001): Promise<Socket> => {
    const socket = await proxy.dial(`0.0.0.0_${listener}`);
    socket.write(`PROXY TCP4 10.9.9.9 ${address} 4000 ${port}\r\n`);
    return socket;
  };
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
    const egress = `[
      { port: { number: 81, name: http, protocol: HTTP }, captureMode: NONE, bind: 127.0.0.1, hosts: [./a.default.svc.cluster.local] },
      { port: { number: 80, name: http, protocol: HTTP }, captureMode: NONE, bind: 127.0.0.1, hosts: [./a.default.svc.cluster.local] },
      { port: { number: 7000, name: tcp, protocol: TCP }, captureMode: NONE, bind: 127.0.0.1, hosts: [./two.default.svc.cluster.local] },
      { hosts: [./b.default.svc.cluster.local] }]`;
    const sidecarOf = resource('Sidecar', 's', `{ egress: ${egress} }`);
    for (const options of [{}, redirected]) {
      const proxy = await start(sidecarOf, options);
      assert.equal((await proxy.at('127.0.0.1_80', 'a')).by, 'a');
      assert.equal((await proxy.at('127.0.0.1_80', 'b')).status, 502);
      assert.equal((await proxy.get('http://b/')).by, 'b');
      assert.equal((await proxy.get('http://a/')).status, 502);
      assert.equal(await echo(await proxy.dial('127.0.0.1_7000'), 'text', 'two'), 'two:text');
    }
  });

  it('takes calls for its own workload, and tells it who called', async () => {
    const { port } = apps.own;
    const { by, headers } = await (await start('')).at(`127.0.0.1_${port}`, 'anything');
    assert.deepEqual([by, headers.server], ['own', 'istio-envoy']);
    const ingress = `{ port: { number: 9000, name: http, protocol: HTTP }, bind: 127.0.0.1, captureMode: NONE, defaultEndpoint: "127.0.0.1:${port}" }`;
    const rule = resource('Sidecar', 's', `{ ingress: [${ingress}], egress: [{ hosts: ["*/*"] }] }`);
    for (const options of [{}, redirected])
      assert.equal((await (await start(rule, options)).at('127.0.0.1_9000', 'x')).by, 'own');
  });

  it('takes mutual TLS for its own workload, and nothing else when it is strict', async () => {
    const { port } = apps.own;
    const { certFile, keyFile } = authority.issue('of-own', 'URI:spiffe://cluster.local/ns/default/sa/own');
    const caller = authority.issue('of-caller', 'URI:spiffe://cluster.local/ns/default/sa/caller');
    const certificates = { certificateFile: certFile, privateKeyFile: keyFile, caFile: authority.caFile };
    const ask = async (proxy: TestProxy): Promise<string> => {
      const { cert, key } = caller;
      const socket = await proxy.dialTls(`127.0.0.1_${port}`, { cert, key, rejectUnauthorized: false });
      return getOver(socket, 'own');
    };
    const permissive = await start('', { build: { certificates } });
    assert.match(await ask(permissive), /"by":"own".*URI=spiffe:\/\/cluster.local\/ns\/default\/sa\/caller/);
    assert.equal((await permissive.at(`127.0.0.1_${port}`, 'own')).by, 'own');
    const strict = await start('', { build: { certificates, inboundTls: 'strict' } });
    assert.match(await ask(strict), /"by":"own"/);
    await assert.rejects(strict.at(`127.0.0.1_${port}`, 'own'));
  });

  it('tells redirected connections apart by the address that they were for', async () => {
    const proxy = await start('', redirected);
    assert.equal(await echo(await towards(proxy, '10.0.0.3', 7000), 'text', 'one'), 'one:text');
    assert.equal(await echo(await towards(proxy, '10.0.0.4', 7000), 'text', 'two'), 'two:text');
    assert.match(await getOver(await towards(proxy, '10.0.0.1', 80), 'b'), /"by":"b"/);
    assert.match(await getOver(await towards(proxy, '10.0.0.5', 9100), 'any:9100'), /"by":"a"/);
    assert.match(await getOver(await towards(proxy, '127.0.0.1', apps.own.port, 15_006), 'own'), /"by":"own"/);
  });

  it('goes with ALLOW_ANY to what nobody knows, and not with REGISTRY_ONLY', async () => {
    const { port } = apps.secure;
    const far = async (proxy: TestProxy): Promise<string> => textOf(await towards(proxy, '127.0.0.1', port));
    const neighbour = `{ hosts: [n.example.com], ports: [{ number: ${port}, name: tls, protocol: TLS }], resolution: NONE }`;
    for (const beside of [resource('ServiceEntry', 'neighbour', neighbour), '']) {
      const socket = connectTls({
        socket: await towards(await start(beside, redirected, anyone), '127.0.0.1', port),
        servername: 'a.example.com',
        rejectUnauthorized: false,
      });
      await once(socket, 'secureConnect');
      assert.match(await getOver(socket, 'a.example.com'), /"by":"secure"/);
    }
    const open = await start('', redirected, anyone);
    assert.match(await getOver(await towards(open, '127.0.0.1', apps.b.port), 'h'), /"by":"b"/);
    assert.equal(await far(await start('', redirected)), '');
  });

  it('goes nowhere when it is called itself', async () => {
    const proxy = await start('', redirected, anyone);
    assert.equal(await textOf(await towards(proxy, '127.0.0.1', proxy.port('0.0.0.0_15001'))), '');
  });

  it('divides connections as tcp routes say, and by subnet', async () => {
    const route = '[{ destination: { host: one }, weight: 50 }, { destination: { host: two }, weight: 50 }]';
    const rules = `{ match: [{ port: 7000, destinationSubnets: [10.1.0.0/16] }], route: [{ destination: { host: two } }] }, { match: [{ port: 7000 }], route: ${route} }`;
    const proxy = await start(resource('VirtualService', 'one', `{ hosts: [one], tcp: [${rules}] }`), redirected);
    const names = new Set<string>();
    for (let i = 0; i < 30; i++)
      names.add((await echo(await towards(proxy, '10.0.0.3', 7000), 'x', 'one')).split(':')[0]!);
    assert.deepEqual([...names].sort(), ['one', 'two']);
    for (let i = 0; i < 3; i++) assert.equal(await echo(await towards(proxy, '10.1.2.3', 7000), 'x', 'two'), 'two:x');
  });

  it('leads encrypted connections where tls routes say, by name of the server', async () => {
    const entry = (name: string, port: number): string =>
      resource(
        'ServiceEntry',
        name,
        `{ hosts: [${name}.example.com], ports: [{ number: 443, name: tls, protocol: TLS }], resolution: STATIC, endpoints: [{ address: 127.0.0.1, ports: { tls: ${port} }, labels: { app: far } }] }`,
      );
    const films =
      '{ hosts: [films.example.com], tls: [{ match: [{ sniHosts: [films.example.com] }], route: [{ destination: { host: nowhere.example.com } }] }] }';
    const proxy = await start(
      entry('books', apps.secure.port) +
        entry('films', apps.secure.port) +
        entry('nowhere', 1) +
        resource('VirtualService', 'films', films),
    );
    const by = async (servername: string): Promise<string> =>
      getOver(await proxy.dialTls('127.0.0.1_443', { servername, ca: readFileSync(authority.caFile) }), servername);
    assert.match(await by('books.example.com'), /"by":"secure"/);
    await assert.rejects(by('films.example.com'));
    await assert.rejects(by('unknown.example.com'));
  });

  it('follows tls routes of a service that is called by its address', async () => {
    const entry = `{ hosts: [books.example.com], addresses: [10.0.0.9], ports: [{ number: 443, name: tls, protocol: TLS }], resolution: STATIC, endpoints: [{ address: 127.0.0.1, ports: { tls: 1 }, labels: { app: far } }] }`;
    const films = `{ hosts: [films.example.com], ports: [{ number: 443, name: tls, protocol: TLS }], resolution: STATIC, endpoints: [{ address: 127.0.0.1, ports: { tls: ${apps.secure.port} }, labels: { app: far } }] }`;
    const rule =
      '{ hosts: [books.example.com], tls: [{ match: [{ sniHosts: [books.example.com] }], route: [{ destination: { host: films.example.com } }] }] }';
    const yaml =
      resource('ServiceEntry', 'books', entry) +
      resource('ServiceEntry', 'films', films) +
      resource('VirtualService', 'books', rule);
    const socket = connectTls({
      socket: await towards(await start(yaml, redirected), '10.0.0.9', 443),
      servername: 'books.example.com',
      rejectUnauthorized: false,
    });
    await once(socket, 'secureConnect');
    assert.match(await getOver(socket, 'books.example.com'), /"by":"secure"/);
  });

  it('blocks what nobody knows until a ServiceEntry opens it', async () => {
    const url = 'http://e.example.com/';
    assert.equal((await (await start('')).get(url)).status, 502);
    const entry = `{ hosts: [e.example.com], location: MESH_EXTERNAL, ports: [{ number: 80, name: http, protocol: HTTP }], resolution: STATIC, endpoints: [{ address: 127.0.0.1, ports: { http: ${apps.b.port} }, labels: { app: far } }] }`;
    const proxy = await start(resource('ServiceEntry', 'e', entry));
    assert.equal((await proxy.get(url)).by, 'b');
    assert.equal((await (await start('')).get(url)).status, 502);
  });

  it('leaves nothing that was refused', async () => {
    sidecar.assertSound();
    assert.deepEqual((await sidecar.envoy.trouble()).rejected, []);
    assert.deepEqual(sidecar.envoy.complaints(), []);
  });
});
