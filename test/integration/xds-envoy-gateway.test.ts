import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { resource } from '../pilot/support.js';
import { TestAuthority } from '../proxy/upstream/certificates.js';
import { envoyPeer } from '../support/envoy.js';
import { EnvoyMesh } from '../support/mesh/envoy-mesh.js';
import { listServices, meshConfig } from '../support/mesh/services.js';
import { TestMesh } from '../support/mesh/test-mesh.js';
import { echo, getOver, type TestProxy } from '../support/mesh/test-proxy.js';

// What servers of a Gateway do with connections, mode by mode, all of them on one stock Envoy (mesh.md 2.3).
describe('a Gateway of Envoy', { skip: envoyPeer.skip, timeout: 180_000 }, () => {
  if (envoyPeer.skip !== false) return;
  const mesh = new TestMesh();
  const router = new EnvoyMesh(mesh, { type: 'router', labels: { istio: 'ingressgateway' } });
  const host = 'shop.example.com';
  const other = 'other.example.com';
  const own = 'shop.default.svc.cluster.local';
  let client: { cert: string; key: string };
  let ca: Buffer;
  let proxy: TestProxy;

  before(async () => {
    const authority = new TestAuthority(mesh.folder, 'ca');
    const gateway = authority.issue('gateway', `DNS:${host}`);
    const second = authority.issue('second', `DNS:${other}`);
    const { cert, key } = authority.issue('app', `DNS:${host},DNS:${own}`);
    client = authority.issue('client', 'URI:spiffe://client');
    ca = readFileSync(authority.caFile);
    mkdirSync(join(mesh.folder, 'secrets/other'), { recursive: true });
    cpSync(second.certFile, join(mesh.folder, 'secrets/other/tls.crt'));
    cpSync(second.keyFile, join(mesh.folder, 'secrets/other/tls.key'));
    const app = await mesh.http('plain');
    const [secure, secureV2] = [await mesh.http('secure', { cert, key }), await mesh.http('secure-v2', { cert, key })];
    const bytes = await mesh.tcp('bytes');
    const places = [
      { app: secure, labels: { version: 'v1' } },
      { app: secureV2, labels: { version: 'v2' } },
    ];
    const services = listServices([
      { name: 'plain', ports: { http: 80 }, places: [{ app }] },
      { name: 'shop', ports: { https: 443 }, places },
      { name: 'bytes', ports: { tcp: 7000 }, places: [{ app: bytes }] },
    ]);
    const ends = `serverCertificate: ${gateway.certFile}, privateKey: ${gateway.keyFile}`;
    const mutual = `mode: MUTUAL, ${ends}, caCertificates: ${authority.caFile}`;
    const server = (number: number, protocol: string, hosts: string, tls = ''): string =>
      `{ port: { number: ${number}, name: "${protocol.toLowerCase()}-${number}-${hosts.length}", protocol: ${protocol} }, hosts: ["${hosts}"]${tls && `, tls: { ${tls} }`} }`;
    const servers = [
      server(80, 'HTTP', host, 'httpsRedirect: true'),
      server(8080, 'HTTP', host),
      server(443, 'HTTPS', host, `mode: SIMPLE, ${ends}`),
      server(443, 'HTTPS', other, 'mode: SIMPLE, credentialName: other'),
      server(1443, 'HTTPS', host, `mode: SIMPLE, ${ends}, minProtocolVersion: TLSV1_3`),
      server(2443, 'HTTPS', host, mutual),
      server(3443, 'HTTPS', host, `${mutual}, subjectAltNames: ["spiffe://somebody"]`),
      server(4443, 'TLS', host, 'mode: PASSTHROUGH'),
      server(15_443, 'TLS', '*.local', 'mode: AUTO_PASSTHROUGH'),
      server(7000, 'TCP', '*'),
      server(7443, 'TLS', host, `mode: SIMPLE, ${ends}`),
    ];
    const rules = `
      http: [{ match: [{ uri: { prefix: /old } }], redirect: { uri: /new } }, { route: [{ destination: { host: plain } }] }],
      tls: [{ match: [{ port: 4443, sniHosts: [${host}] }], route: [{ destination: { host: shop, subset: v2 } }] }],
      tcp: [{ route: [{ destination: { host: bytes } }] }]`;
    proxy = await router.start(
      services +
        meshConfig() +
        resource('DestinationRule', 'shop', '{ host: shop, subsets: [{ name: v2, labels: { version: v2 } }] }') +
        resource('Gateway', 'edge', `{ selector: { istio: ingressgateway }, servers: [${servers.join(', ')}] }`) +
        resource('VirtualService', 'edge', `{ hosts: [${host}, ${other}], gateways: [edge], ${rules} }`) +
        resource(
          'VirtualService',
          'bytes',
          '{ hosts: ["*"], gateways: [edge], tcp: [{ match: [{ port: 7000 }], route: [{ destination: { host: bytes } }] }] }',
        ),
      { build: { credentialDirectory: join(mesh.folder, 'secrets') } },
    );
  });

  const dial = (port: number, options: object = {}) =>
    proxy.dialTls(`0.0.0.0_${port}`, { ca, servername: host, ...options });
  /** A connection on which nothing comes, or none at all. */
  const isRefused = (port: number, options: object = {}): Promise<void> =>
    assert.rejects(
      dial(port, options)
        .then((socket) => getOver(socket, host))
        .then((text) => assert.notEqual(text, '')),
    );

  it('serves plain requests for its hosts alone', async () => {
    assert.equal((await proxy.at('0.0.0.0_8080', host)).by, 'plain');
    assert.equal((await proxy.at('0.0.0.0_8080', 'unknown.example.com')).status, 404);
    assert.equal((await proxy.at('0.0.0.0_8080', host, '/old/a')).headers.location, `http://${host}/new`);
  });

  it('sends callers to HTTPS', async () => {
    const { status, headers } = await proxy.at('0.0.0.0_80', host, '/a?q=1');
    assert.deepEqual([status, headers.location], [301, `https://${host}/a?q=1`]);
  });

  it('says who it is, tells services where a call is from, and believes nobody', async () => {
    const headers = { host, 'x-forwarded-client-cert': 'By=me', 'x-forwarded-for': '1.2.3.4' };
    const answer = await proxy.ask({ port: proxy.port('0.0.0.0_8080'), path: '/a/../b', headers });
    const { path, headers: got } = JSON.parse(answer.body) as { path: string; headers: Record<string, string> };
    assert.equal(answer.headers.server, 'istio-envoy');
    assert.deepEqual([path, got['x-forwarded-client-cert']], ['/b', undefined]);
    assert.match(got['x-forwarded-for'] ?? '', /^1\.2\.3\.4,[\d.]+$/);
  });

  it('ends TLS by SIMPLE, for several hosts with certificates of their own', async () => {
    assert.match(await getOver(await dial(443), host), /"by":"plain"/);
    assert.match(await getOver(await dial(443, { servername: other }), other), /"by":"plain"/);
    assert.match(await getOver(await dial(443), other), /^HTTP\/1.1 404/);
    await isRefused(443, { servername: 'unknown.example.com' });
  });

  it('speaks the versions of TLS that it says', async () => {
    const socket = await dial(1443);
    assert.equal(socket.getProtocol(), 'TLSv1.3');
    socket.destroy();
    await isRefused(1443, { maxVersion: 'TLSv1.2' });
  });

  it('wants a certificate by MUTUAL, and tells the service whose it is', async () => {
    assert.match(
      await getOver(await dial(2443, client), host),
      /x-forwarded-client-cert":"Hash=.*;URI=spiffe:\/\/client"/,
    );
    await isRefused(2443);
    await isRefused(3443, client);
  });

  it('leads what stays encrypted by PASSTHROUGH where its name says', async () => {
    assert.match(await getOver(await dial(4443), host), /"by":"secure-v2"/);
    await isRefused(4443, { servername: 'unknown.example.com' });
  });

  it('finds the cluster by the name of the server by AUTO_PASSTHROUGH', async () => {
    const to = (subset: string, name = own) =>
      dial(15_443, { servername: `outbound_.443_.${subset}_.${name}`, rejectUnauthorized: false });
    assert.match(await getOver(await to('v2'), own), /"by":"secure-v2"/);
    assert.match(await getOver(await to(''), own), /"by":"secure/);
    await assert.rejects(to('', 'nobody.default.svc.cluster.local'));
  });

  it('leads bytes on, as they are and out of TLS', async () => {
    assert.equal(await echo(await proxy.dial('0.0.0.0_7000'), 'text', 'bytes'), 'bytes:text');
    assert.equal(await echo(await dial(7443), 'text', 'bytes'), 'bytes:text');
  });
});
