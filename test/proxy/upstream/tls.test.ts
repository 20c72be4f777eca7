import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { createServer as createTlsServer, type TlsOptions, TLSSocket } from 'node:tls';
import type { UpstreamEnv } from '../../../src/proxy/upstream/env.js';
import { peer } from '../../support/peer.js';
import { tempFolder } from '../../support/temp-folder.js';
import { TestAuthority } from './certificates.js';
import { answerOf, listening, oneCluster, realEnv } from './fixture.js';

const openssl = peer('openssl', 'apt-get install openssl');
const folder = tempFolder();
const workload = 'spiffe://cluster.local/ns/default/sa/reviews';

let mesh: TestAuthority;
let other: TestAuthority;
let server: ReturnType<TestAuthority['issue']>;
let client: ReturnType<TestAuthority['issue']>;
before(() => {
  if (openssl.skip !== false) return;
  mesh = new TestAuthority(folder, 'mesh');
  other = new TestAuthority(folder, 'other');
  server = mesh.issue('reviews', `URI:${workload},DNS:*.reviews.test`);
  client = mesh.issue('web', 'URI:spiffe://cluster.local/ns/default/sa/web');
});

/** What a request to a server with these options comes to: its answer says what the server saw. */
async function ask(tls: object, options: TlsOptions = {}, env?: UpstreamEnv): Promise<string> {
  const https = createHttpsServer({ ...server, ...options }, ({ socket }, response) => {
    assert.ok(socket instanceof TLSSocket);
    const from = socket.getPeerCertificate().subjectaltname ?? '-';
    response.end(`${socket.servername || '-'} ${socket.alpnProtocol || '-'} ${from}`);
  });
  https.on('tlsClientError', () => undefined);
  return await listening(https, async ({ target }) => {
    const { set, pick } = oneCluster([target], { tls }, env);
    const { failure, body } = await answerOf(pick());
    await set.close();
    return failure === undefined ? body : `${failure.kind}: ${failure.reason}`;
  });
}

test('without an authority the certificate of the server is not checked', openssl, async () => {
  assert.equal(await ask({ subjectAltNames: ['spiffe://nobody'] }), '- - -');
});

test('with an authority the server must have a certificate of it', openssl, async () => {
  assert.equal(await ask({ caFile: mesh.caFile }), '- - -');
  assert.match(await ask({ caFile: other.caFile }), /^connect-failure: UNABLE_TO_VERIFY_LEAF_SIGNATURE/);
});

test('with subject alternative names the server must have one of them', openssl, async () => {
  const { caFile } = mesh;
  assert.equal(await ask({ caFile, subjectAltNames: ['spiffe://other', workload] }), '- - -');
  assert.equal(await ask({ caFile, subjectAltNames: ['v1.reviews.test'] }), '- - -');
  assert.match(await ask({ caFile, subjectAltNames: [`${workload}2`] }), /^connect-failure: .*alternative names/);
});

test('the server sees SNI, protocols and the certificate of the client', openssl, async () => {
  const tls = {
    caFile: mesh.caFile,
    certificateFile: client.certFile,
    privateKeyFile: client.keyFile,
    sni: 'outbound_.80_._.reviews.test',
    alpn: ['istio', 'h2'],
  };
  const options = {
    requestCert: true,
    rejectUnauthorized: true,
    ca: readFileSync(mesh.caFile),
    ALPNProtocols: ['h2', 'istio'],
  };
  // An HTTP/1.1 cluster never offers HTTP/2.
  assert.equal(
    await ask(tls, options),
    'outbound_.80_._.reviews.test istio URI:spiffe://cluster.local/ns/default/sa/web',
  );
  assert.match(await ask({ caFile: mesh.caFile }, options), /^(reset|connect-failure)/);
});

test('files are read again for a later connection, and what is half written does no harm', openssl, async () => {
  const caFile = join(folder, 'changing.pem');
  copyFileSync(other.caFile, caFile);
  let now = 0;
  const env = { ...realEnv, clock: { now: () => now } };
  const https = createHttpsServer({ ...server }, (_request, response) => response.end('ok'));
  https.on('tlsClientError', () => undefined);
  await listening(https, async ({ target }) => {
    const { set, pick } = oneCluster([target], { tls: { caFile }, limits: { maxRequestsPerConnection: 1 } }, env);
    const kind = async (): Promise<string | undefined> => (await answerOf(pick())).failure?.kind;
    assert.equal(await kind(), 'connect-failure');
    copyFileSync(mesh.caFile, caFile);
    assert.equal(await kind(), 'connect-failure', 'not looked at within the second');
    now = 1000;
    assert.equal(await kind(), undefined);
    writeFileSync(caFile, '-----BEGIN CERTIFICATE-----\nMIIB');
    now = 2000;
    assert.equal(await kind(), undefined);
    copyFileSync(other.caFile, caFile);
    now = 3000;
    assert.equal(await kind(), 'connect-failure');
    await set.close();
  });
});

test('a file that is not there is a connect failure with its reason', openssl, async () => {
  assert.equal(await ask({ caFile: join(folder, 'missing.pem') }), 'connect-failure: ENOENT');
});

test('HTTP/2 is spoken by ALPN', openssl, async () => {
  const h2 = createSecureServer({ ...server });
  h2.on('stream', (stream) => {
    stream.respond({ ':status': 200 });
    stream.end(String((stream.session!.socket as TLSSocket).alpnProtocol));
  });
  await listening(h2, async ({ target }) => {
    const { set, pick } = oneCluster([target], { http2: true, tls: { caFile: mesh.caFile } });
    assert.equal((await answerOf(pick())).body, 'h2');
    await set.close();
  });
});

test('a connection of its own is secure, too', openssl, async () => {
  const echo = createTlsServer({ ...server }, (socket) => void socket.on('error', () => undefined).pipe(socket));
  await listening(echo, async ({ target }) => {
    const { set, pick } = oneCluster([target], { tls: { caFile: mesh.caFile, subjectAltNames: [workload] } });
    const socket = await pick().connect(new AbortController().signal);
    socket.write('hello');
    const [chunk] = (await new Promise<unknown[]>((resolve) => socket.once('data', (data) => resolve([data])))) as [
      Buffer,
    ];
    assert.equal(chunk.toString(), 'hello');
    socket.destroy();
    await set.close();
  });
});
