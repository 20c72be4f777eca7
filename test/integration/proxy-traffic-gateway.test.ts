import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { resource } from '../pilot/support.js';
import { TestAuthority } from '../proxy/upstream/certificates.js';
import { listServices, meshConfig } from '../support/mesh/services.js';
import type { StandIn } from '../support/mesh/stand-in.js';
import { TestMesh } from '../support/mesh/test-mesh.js';
import { echo, getOver, type TestProxy } from '../support/mesh/test-proxy.js';

// What servers of a Gateway do with connections, mode by mode (mesh.md 2.3).
describe('a Gateway', { timeout: 180_000 }, () => {
  const mesh = new TestMesh();
  const host = 'shop.example.com';
  const own = 'shop.default.svc.cluster.local';
  const apps = {} as Record<'plain' | 'secure' | 'secureV2' | 'bytes', StandIn>;
  let files: Record<'ca' | 'cert' | 'key', string>;
  let client: { cert: string; key: string };
  let ca: Buffer;
  let services: string;

  before(async () => {
    const authority = new TestAuthority(mesh.folder, 'ca');
    const gateway = authority.issue('gateway', `DNS:${host}`);
    const app = authority.issue('app', `DNS:${host},DNS:${own}`);
    client = authority.issue('client', 'URI:spiffe://client');
    ca = readFileSync(authority.caFile);
    files = { ca: authority.caFile, cert: gateway.certFile, key: gateway.keyFile };
    for (const [name, from] of [
      ['tls.crt', gateway.certFile],
      ['tls.key', gateway.keyFile],
    ] as const) {
      mkdirSync(join(mesh.folder, 'secrets/shop'), { recursive: true });
      cpSync(from, join(mesh.folder, 'secrets/shop', name));
    }
    apps.plain = await mesh.http('plain');
    apps.secure = await mesh.http('secure', { cert: app.cert, key: app.key });
    apps.secureV2 = await mesh.http('secure-v2', { cert: app.cert, key: app.key });
    apps.bytes = await mesh.tcp('bytes');
    services =
      listServices([
        { name: 'plain', ports: { http: 80 }, places: [{ app: apps.plain }] },
        {
          name: 'shop',
          ports: { https: 443 },
          places: [
            { app: apps.secure, labels: { version: 'v1' } },
            { app: apps.secureV2, labels: { version: 'v2' } },
          ],
        },
        { name: 'bytes', ports: { tcp: 7000 }, places: [{ app: apps.bytes }] },
      ]) +
      meshConfig() +
      resource('DestinationRule', 'shop', '{ host: shop, subsets: [{ name: v2, labels: { version: v2 } }] }');
  });

  const toPlain = 'http: [{ route: [{ destination: { host: plain } }] }]';
  /** A router with one server, and a VirtualService for it. */
  const start = (server: string, rules = toPlain, hosts = host, more = ''): Promise<TestProxy> =>
    mesh.proxy(
      services +
        resource(
          'Gateway',
          'edge',
          `{ selector: { istio: ingressgateway }, servers: [{ hosts: ["${hosts}"], ${server} }] }`,
        ) +
        (rules === ''
          ? ''
          : resource('VirtualService', 'edge', `{ hosts: ["${hosts}"], gateways: [edge], ${rules} }`)) +
        more,
      {
        proxy: { type: 'router', labels: { istio: 'ingressgateway' } },
        build: { credentialDirectory: join(mesh.folder, 'secrets') },
      },
    );
  const https = (tls: string, number = 443): string =>
    `port: { number: ${number}, name: https, protocol: HTTPS }, tls: { ${tls} }`;
  const ends = (): string => `serverCertificate: ${files.cert}, privateKey: ${files.key}`;
  const dial = (proxy: TestProxy, options: object = {}) =>
    proxy.dialTls('0.0.0.0_443', { ca, servername: host, ...options });

  it('ends TLS by SIMPLE, for its hosts alone', async () => {
    const proxy = await start(https(`mode: SIMPLE, ${ends()}`));
    assert.match(await getOver(await dial(proxy), host), /"by":"plain"/);
    assert.match(await getOver(await dial(proxy), 'other.example.com'), /^HTTP\/1.1 404/);
    await assert.rejects(dial(proxy, { servername: 'other.example.com' }));
  });

  it('speaks the versions of TLS that it says', async () => {
    const proxy = await start(https(`mode: SIMPLE, ${ends()}, minProtocolVersion: TLSV1_3`));
    const socket = await dial(proxy);
    assert.equal(socket.getProtocol(), 'TLSv1.3');
    socket.destroy();
    await assert.rejects(dial(proxy, { maxVersion: 'TLSv1.2' }));
  });

  it('takes certificates by the name of a secret', async () => {
    const proxy = await start(https('mode: SIMPLE, credentialName: shop'));
    assert.match(await getOver(await dial(proxy), host), /"by":"plain"/);
  });

  it('wants a certificate by MUTUAL, and tells the service whose it is', async () => {
    const proxy = await start(https(`mode: MUTUAL, ${ends()}, caCertificates: ${files.ca}`));
    const answer = await getOver(await dial(proxy, client), host);
    assert.match(answer, /"by":"plain"/);
    await assert.rejects(
      dial(proxy)
        .then((socket) => getOver(socket, host))
        .then((text) => assert.notEqual(text, '')),
    );
  });

  it('wants one of the names that it says', async () => {
    const names = 'subjectAltNames: ["spiffe://somebody"]';
    const proxy = await start(https(`mode: MUTUAL, ${ends()}, caCertificates: ${files.ca}, ${names}`));
    await assert.rejects(
      dial(proxy, client)
        .then((socket) => getOver(socket, host))
        .then((text) => assert.notEqual(text, '')),
    );
  });

  it('leads what stays encrypted by PASSTHROUGH where its name says', async () => {
    const rules = `tls: [{ match: [{ sniHosts: [${host}] }], route: [{ destination: { host: shop, subset: v2 } }] }]`;
    const proxy = await start(https('mode: PASSTHROUGH'), rules);
    assert.match(await getOver(await dial(proxy), host), /"by":"secure-v2"/);
    await assert.rejects(dial(proxy, { servername: 'other.example.com' }));
  });

  it('finds the cluster by the name of the server by AUTO_PASSTHROUGH', async () => {
    const proxy = await start(https('mode: AUTO_PASSTHROUGH'), '', '*.local');
    const to = (subset: string, name: string) =>
      dial(proxy, { servername: `outbound_.443_.${subset}_.${name}`, rejectUnauthorized: false });
    assert.match(await getOver(await to('v2', own), own), /"by":"secure-v2"/);
    assert.match(await getOver(await to('', own), own), /"by":"secure/);
    await assert.rejects(to('', 'nobody.default.svc.cluster.local'));
  });

  it('sends callers to HTTPS', async () => {
    const proxy = await start('port: { number: 80, name: http, protocol: HTTP }, tls: { httpsRedirect: true }');
    const { status, headers } = await proxy.at('0.0.0.0_80', host, '/a?q=1');
    assert.deepEqual([status, headers.location], [301, `https://${host}/a?q=1`]);
  });

  it('serves the hosts of its servers alone', async () => {
    const proxy = await start('port: { number: 80, name: http, protocol: HTTP }');
    assert.equal((await proxy.at('0.0.0.0_80', host)).by, 'plain');
    assert.equal((await proxy.at('0.0.0.0_80', 'other.example.com')).status, 404);
  });

  it('puts the rules of several VirtualServices for a host together, those for all paths last', async () => {
    const all = resource(
      'VirtualService',
      'all default 2020-01-01T00:00:00Z',
      `{ hosts: [${host}], gateways: [edge], http: [{ redirect: { uri: /gone } }] }`,
    );
    const one = resource(
      'VirtualService',
      'one default 2021-01-01T00:00:00Z',
      `{ hosts: [${host}], gateways: [edge], http: [{ match: [{ uri: { prefix: /a } }], route: [{ destination: { host: plain } }] }] }`,
    );
    const proxy = await start('port: { number: 80, name: http, protocol: HTTP }', '', host, all + one);
    assert.equal((await proxy.at('0.0.0.0_80', host, '/a')).by, 'plain');
    assert.equal((await proxy.at('0.0.0.0_80', host, '/b')).status, 301);
  });

  it('leads bytes on, as they are and out of TLS', async () => {
    const rules = 'tcp: [{ route: [{ destination: { host: bytes } }] }]';
    const plain = await start('port: { number: 7000, name: tcp, protocol: TCP }', rules, '*');
    assert.equal(await echo(await plain.dial('0.0.0.0_7000'), 'text', 'bytes'), 'bytes:text');
    const server = `port: { number: 443, name: tls, protocol: TLS }, tls: { mode: SIMPLE, ${ends()} }`;
    assert.equal(await echo(await dial(await start(server, rules)), 'text', 'bytes'), 'bytes:text');
  });
});
