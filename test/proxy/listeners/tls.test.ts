import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect as connectRaw } from 'node:net';
import { test } from 'node:test';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import type { Address } from '../../../src/proxy/http/message.js';
import { tempFolder } from '../../support/temp-folder.js';
import { makeCertificate, pinsOf } from './certificates.js';
import { bodyOf, dial, getRequest, httpChain, listenerOf, readAll, talk, testSet, until } from './support.js';

const ca = makeCertificate({ name: 'ca' });
const localUri = 'spiffe://cluster.local/ns/default/sa/server';
const peerUri = 'spiffe://cluster.local/ns/default/sa/client';
const server = makeCertificate({ name: 'server', issuer: ca, dns: ['a.test', 'b.test'], uris: [localUri] });
const other = makeCertificate({ name: 'other', issuer: ca, dns: ['other.test'] });
const client = makeCertificate({ name: 'client', issuer: ca, uris: [peerUri] });
const strangeCa = makeCertificate({ name: 'strange ca' });
const stranger = makeCertificate({ name: 'stranger', issuer: strangeCa, uris: [peerUri] });

/** Files in memory, which can be replaced. */
function files() {
  const texts = new Map<string, string>();
  for (const one of [ca, server, other, client, stranger]) {
    texts.set(`${one.name}.crt`, one.cert);
    texts.set(`${one.name}.key`, one.key);
  }
  let reads = 0;
  return {
    texts,
    reads: () => reads,
    readFile: async (path: string) => {
      reads += 1;
      const text = texts.get(path);
      if (text === undefined) throw new Error(`no file ${path}`);
      return Buffer.from(text);
    },
  };
}

const tls = { certificateFile: 'server.crt', privateKeyFile: 'server.key' };

async function dialTls(to: Address, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const raw = await dial(to);
  const socket = connect({ socket: raw, servername: 'a.test', ca: ca.cert, ...options });
  socket.on('error', () => undefined);
  await Promise.race([once(socket, 'secureConnect'), once(socket, 'close')]).catch(() => undefined);
  return socket;
}

async function get(to: Address, options: ConnectionOptions = {}): Promise<string> {
  const socket = await dialTls(to, options);
  socket.write(getRequest);
  const answer = await readAll(socket);
  socket.destroy();
  return bodyOf(answer);
}

test('TLS ends here, in HTTP/1.1 or HTTP/2 as is agreed on', async () => {
  const { readFile } = files();
  const { set, at, acceptors } = testSet({ readFile });
  assert.deepEqual(await set.apply([listenerOf([httpChain('web', { tls })])]), []);
  assert.equal(await get(at()), 'web');
  assert.equal(await get(at(), { ALPNProtocols: ['http/1.1'] }), 'web');
  const session = connectHttp2(`https://127.0.0.1:${at().port}`, { servername: 'a.test', ca: ca.cert });
  const stream = session.request({ ':path': '/' });
  stream.resume();
  await once(stream, 'end');
  session.close();
  const seen = acceptors.accepted.map(({ protocol, downstream }) => [protocol, downstream.tls]);
  const facts = { serverName: 'a.test', peerUris: undefined, localUris: [localUri] };
  assert.deepEqual(seen, [
    ['http1', facts],
    ['http1', facts],
    ['http2', facts],
  ]);
  assert.equal(set.listenerStats().get('l')?.get('ssl.handshake'), 3);
});

test('HTTP/2 is understood without an agreement, and a slow preface waited for', async () => {
  const { readFile } = files();
  const { set, at, acceptors } = testSet({ readFile });
  await set.apply([listenerOf([httpChain('web', { tls: { ...tls, alpn: ['istio'] } })])]);
  const socket = await dialTls(at(), { ALPNProtocols: ['istio'] });
  socket.write('PRI * HTTP/2.0\r\n');
  await new Promise((resolve) => setImmediate(resolve));
  socket.write(Buffer.concat([Buffer.from('\r\nSM\r\n\r\n'), Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])]));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  assert.equal(answer[3], 4);
  assert.equal(acceptors.accepted[0]?.protocol, 'http2');
  assert.equal(await get(at(), { ALPNProtocols: ['istio'] }), 'web');
  socket.destroy();
});

test('a ClientHello that comes in pieces is put together', async () => {
  const { readFile } = files();
  const { set, at } = testSet({ readFile });
  await set.apply([listenerOf([httpChain('web', { tls })])]);
  const raw = await dial(at());
  const write = raw.write.bind(raw);
  // Each write of the client goes out byte by byte.
  raw.write = (chunk: Buffer | string, ...rest: never[]) => {
    const bytes = Buffer.from(chunk as Buffer);
    for (let index = 0; index < bytes.length - 1; index++) write(bytes.subarray(index, index + 1));
    return write(bytes.subarray(-1), ...rest);
  };
  const { Duplex } = await import('node:stream');
  const slow = Duplex.from({ readable: raw, writable: raw });
  const socket = connect({ socket: slow, servername: 'a.test', ca: ca.cert });
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  socket.write(getRequest);
  assert.equal(bodyOf(await readAll(socket)), 'web');
});

test('the name asked for chooses chain and certificate; who asks for no known name, or speaks in the clear, is closed', async () => {
  const { readFile } = files();
  const { set, at } = testSet({ readFile });
  const otherTls = { certificateFile: 'other.crt', privateKeyFile: 'other.key' };
  await set.apply([
    listenerOf([
      httpChain('wild', { tls: otherTls, match: { serverNames: ['*.test'] } }),
      httpChain('a', { tls, match: { serverNames: ['a.test'] } }),
      httpChain('deep', { tls: otherTls, match: { serverNames: ['*.deep.test'] } }),
    ]),
  ]);
  assert.equal(await get(at()), 'a');
  assert.equal(await get(at(), { servername: 'A.TEST' }), 'a');
  assert.equal(await get(at(), { servername: 'other.test' }), 'wild');
  assert.equal(await get(at(), { servername: 'x.deep.test', checkServerIdentity: () => undefined }), 'deep');
  assert.equal(await get(at(), { servername: 'a.example' }), '');
  assert.equal(await talk(at(), getRequest), '');
  assert.equal(set.listenerStats().get('l')?.get('no_filter_chain_match'), 2);
});

test('TLS after a PROXY header is taken up where the header ends', async () => {
  const { readFile } = files();
  const { set, at, acceptors } = testSet({ readFile });
  await set.apply([listenerOf([httpChain('web', { tls })], { proxyProtocol: true })]);
  const raw = await dial(at());
  raw.write('PROXY TCP4 192.0.2.1 192.0.2.2 40000 443\r\n');
  const socket = connect({ socket: raw, servername: 'a.test', ca: ca.cert });
  await once(socket, 'secureConnect');
  socket.write(getRequest);
  assert.equal(bodyOf(await readAll(socket)), 'web');
  assert.equal(acceptors.accepted[0]?.downstream.remote.host, '192.0.2.1');
});

test('with TLS and without, on one port', async () => {
  const { readFile } = files();
  const { set, at, acceptors } = testSet({ readFile });
  await set.apply([listenerOf([httpChain('plain'), httpChain('secure', { tls })])]);
  assert.equal(await get(at()), 'secure');
  assert.equal(bodyOf(await talk(at(), getRequest)), 'plain');
  assert.equal(acceptors.accepted[1]?.downstream.tls, undefined);
});

test('callers have to show a certificate of the authority, with one of the names', async () => {
  const { readFile } = files();
  const { set, at, acceptors } = testSet({ readFile });
  const mutual = { ...tls, caFile: 'ca.crt', subjectAltNames: [peerUri, 'x'] };
  await set.apply([listenerOf([httpChain('web', { tls: mutual })])]);
  assert.equal(await get(at(), { cert: client.cert, key: client.key }), 'web');
  assert.deepEqual(acceptors.accepted[0]?.downstream.tls?.peerUris, [peerUri]);
  assert.equal(await get(at()), '');
  assert.equal(await get(at(), { cert: stranger.cert, key: stranger.key }), '');
  assert.equal(await get(at(), { cert: other.cert, key: other.key }), '');
  const stats = set.listenerStats().get('l');
  const counted = ['no_cert', 'error', 'san'].map((why) => stats?.get(`ssl.fail_verify_${why}`));
  assert.deepEqual(counted, [1, 1, 1]);
});

test('a session that is resumed is checked like any other', async () => {
  const { readFile } = files();
  const { set, at, acceptors } = testSet({ readFile });
  const mutual = { ...tls, caFile: 'ca.crt', maxVersion: 3 };
  await set.apply([listenerOf([httpChain('web', { tls: mutual })])]);
  const own = { cert: client.cert, key: client.key };
  const first = await dialTls(at(), own);
  const session = first.getSession();
  first.write(getRequest);
  await readAll(first);
  const second = await dialTls(at(), { ...own, session });
  assert.equal(second.isSessionReused(), true);
  second.write(getRequest);
  assert.equal(bodyOf(await readAll(second)), 'web');
  assert.deepEqual(acceptors.accepted[1]?.downstream.tls?.peerUris, [peerUri]);
});

test('certificates are pinned by key or by hash', async () => {
  for (const pins of [
    { verifyCertificateSpki: [pinsOf(client).spki] },
    {
      verifyCertificateHash: [
        pinsOf(client)
          .hash.toUpperCase()
          .replace(/(..)(?=.)/g, '$1:'),
      ],
    },
    { verifyCertificateSpki: ['x'], verifyCertificateHash: [pinsOf(client).hash], caFile: 'ca.crt' },
  ]) {
    const { readFile } = files();
    const { set, at } = testSet({ readFile });
    assert.deepEqual(await set.apply([listenerOf([httpChain('web', { tls: { ...tls, ...pins } })])]), []);
    assert.equal(await get(at(), { cert: client.cert, key: client.key }), 'web');
    assert.equal(await get(at(), { cert: other.cert, key: other.key }), '');
    assert.equal(set.listenerStats().get('l')?.get('ssl.fail_verify_cert_hash'), 1);
  }
});

test('names are not checked in certificates that anybody can make', async () => {
  const { readFile } = files();
  const { set } = testSet({ readFile });
  const problems = await set.apply([listenerOf([httpChain('web', { tls: { ...tls, subjectAltNames: ['x'] } })])]);
  assert.match(problems[0]?.message ?? '', /no authority/);
  assert.equal(set.addresses().size, 0);
});

test('versions and ciphers are those asked for', async () => {
  const { readFile } = files();
  const { set, at } = testSet({ readFile });
  const protocolOf = async (chainTls: object, options: ConnectionOptions): Promise<string | null> => {
    assert.deepEqual(await set.apply([listenerOf([httpChain('web', { tls: { ...tls, ...chainTls } })])]), []);
    const socket = await dialTls(at(), options);
    const version = socket.destroyed ? null : socket.getProtocol();
    socket.destroy();
    return version;
  };
  const old: ConnectionOptions = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
  assert.equal(await protocolOf({}, {}), 'TLSv1.3');
  assert.equal(await protocolOf({}, old), null);
  assert.equal(await protocolOf({ maxVersion: 3 }, {}), 'TLSv1.2');
  assert.equal(await protocolOf({ minVersion: 4 }, { maxVersion: 'TLSv1.2' }), null);
  assert.equal(await protocolOf({ minVersion: 1 }, old), 'TLSv1.1');
  const cipherSuites = ['[ECDHE-ECDSA-AES128-GCM-SHA256|ECDHE-RSA-AES128-GCM-SHA256]', 'AES128-GCM-SHA256'];
  assert.equal(await protocolOf({ cipherSuites }, {}), 'TLSv1.3');
  const given: ConnectionOptions = { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' };
  assert.equal(await protocolOf({ cipherSuites }, given), null);
  const [problem] = await set.apply([listenerOf([httpChain('web', { tls: { ...tls, cipherSuites: ['NONE-SUCH'] } })])]);
  assert.match(problem?.message ?? '', /cipher/i);
  assert.equal(await get(at()), 'web');
});

test('certificates are read again, once a second at most, and what is half written is not used', async () => {
  const { readFile, texts, reads } = files();
  const { set, at, env } = testSet({ readFile });
  await set.apply([listenerOf([httpChain('web', { tls })])]);
  const subject = async (): Promise<unknown> => {
    const socket = await dialTls(at(), { checkServerIdentity: () => undefined });
    const { CN } = socket.getPeerCertificate().subject;
    socket.destroy();
    return CN;
  };
  assert.equal(await subject(), 'server');
  assert.equal(reads(), 2);
  texts.set('server.crt', other.cert);
  assert.equal(await subject(), 'server');
  await env.time.advance(1000);
  assert.equal(await subject(), 'server');
  assert.deepEqual(env.logged, ['certificate cannot be used']);
  texts.set('server.key', other.key);
  await env.time.advance(1000);
  assert.equal(await subject(), 'other');
});

test('a listener whose certificate is missing is told of, and serves once it is there', async () => {
  const { readFile, texts } = files();
  texts.delete('server.key');
  const { set, at, env } = testSet({ readFile });
  assert.deepEqual(await set.apply([listenerOf([httpChain('web', { tls })])]), [
    { listener: 'l', message: 'no file server.key' },
  ]);
  assert.equal(await get(at()), '');
  texts.set('server.key', server.key);
  await env.time.advance(1000);
  assert.equal(await get(at()), 'web');
});

test('who does not finish the handshake is closed in time', async () => {
  const { readFile } = files();
  const { set, at, env } = testSet({ readFile });
  await set.apply([listenerOf([httpChain('web', { tls })])]);
  const seen: Buffer[] = [];
  const probe = await dial(at());
  const { Duplex } = await import('node:stream');
  const hello = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      seen.push(chunk);
      done();
    },
  });
  connect({ socket: hello, servername: 'a.test' }).on('error', () => undefined);
  await until(env, () => seen.length > 0);
  probe.write(seen[0]!);
  await once(probe, 'data');
  await env.time.advance(60_000);
  await readAll(probe);
  const stats = set.listenerStats().get('l');
  assert.deepEqual([stats?.get('downstream_pre_cx_timeout'), stats?.get('ssl.connection_error')], [1, 1]);
  hello.destroy();
});

test('callers of a socket are not mixed up, though none has an address and all come at once', async () => {
  const { readFile } = files();
  const { set, acceptors } = testSet({ readFile });
  const path = `${tempFolder({})}/tls.sock`;
  const chainOf = (name: string) => httpChain(name, { tls, match: { serverNames: [`${name}.test`] } });
  const at = { address: `unix://${path}`, proxyProtocol: true };
  assert.deepEqual(await set.apply([listenerOf([chainOf('a'), chainOf('b')], at)]), []);
  const ask = async (name: string, index: number): Promise<string> => {
    const raw = connectRaw({ path, allowHalfOpen: true });
    raw.write(`PROXY TCP4 192.0.2.${index} 192.0.2.9 1 2\r\n`);
    const socket = connect({ socket: raw, servername: `${name}.test`, ca: ca.cert });
    socket.on('error', () => undefined).write(getRequest);
    const answer = bodyOf(await readAll(socket));
    socket.destroy();
    return answer;
  };
  const names = ['a', 'b', 'a', 'b'];
  assert.deepEqual(await Promise.all(names.map(ask)), names);
  const seen = acceptors.accepted.map(({ chain, downstream }) => [downstream.remote.host, chain]);
  assert.deepEqual(seen.sort(), [
    ['192.0.2.0', 'a'],
    ['192.0.2.1', 'b'],
    ['192.0.2.2', 'a'],
    ['192.0.2.3', 'b'],
  ]);
  const stats = set.listenerStats().get('l');
  assert.deepEqual([stats?.get('ssl.handshake'), stats?.get('ssl.connection_error')], [4, 0]);
});
