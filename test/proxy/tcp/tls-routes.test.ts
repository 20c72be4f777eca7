import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { ChainMatch_Transport as Transport } from '../../../src/gen/fairlead/proxy/v1/listener.js';
import type { TcpConnection } from '../../../src/proxy/tcp/index.js';
import type { AddressInfo } from 'node:net';
import type { Address } from '../../../src/proxy/http/message.js';
import { makeCertificate } from '../listeners/certificates.js';
import { dial, httpChain, listenerOf, readAll, tcpChain, testSet, until } from '../listeners/support.js';
import { TestClusters, TestServer } from './support.js';

const ca = makeCertificate({ name: 'ca' });
const certificate = makeCertificate({ name: 'server', issuer: ca, dns: ['a.test'] });
const readFile = async (path: string): Promise<Buffer> =>
  Buffer.from(path.endsWith('.key') ? certificate.key : certificate.cert);
const tls = { certificateFile: 'x.crt', privateKeyFile: 'x.key' };

async function dialTls(to: Address, servername: string): Promise<TLSSocket> {
  const socket = connect({ socket: await dial(to), servername, ca: ca.cert, checkServerIdentity: () => undefined });
  socket.on('error', () => undefined);
  await Promise.race([once(socket, 'secureConnect'), once(socket, 'close')]).catch(() => undefined);
  return socket;
}

/** All that the server says, and the end of it. */
async function talkTls(to: Address, servername: string): Promise<string> {
  const socket = await dialTls(to, servername);
  const text = await readAll(socket);
  socket.destroy();
  return text;
}

async function secureServer(name: string) {
  const server = createServer({ cert: certificate.cert, key: certificate.key }, (socket) => {
    socket.on('error', () => undefined);
    socket.end(name);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

test('TLS is passed on to whom the caller asks for, and ends there', async () => {
  const [one, two] = [await secureServer('one'), await secureServer('two')];
  const ended: TcpConnection[] = [];
  const clusters = new TestClusters().add('one', one.port).add('two', two.port);
  const { set, at, env } = testSet({
    clusters: () => clusters,
    tcpLog: () => (connection) => void ended.push(connection),
  });
  try {
    await set.apply([
      listenerOf([
        tcpChain('one', { match: { serverNames: ['one.test'] } }),
        tcpChain('two', { match: { serverNames: ['*.test'] } }),
      ]),
    ]);
    assert.equal(await talkTls(at(), 'one.test'), 'one');
    assert.equal(await talkTls(at(), 'x.test'), 'two');
    assert.equal((await dialTls(at(), 'x.example')).destroyed, true);
    await until(env, () => ended.length >= 2);
    assert.deepEqual(
      ended.map(({ serverName, downstream }) => [serverName, downstream.tls]),
      [
        ['one.test', undefined],
        ['x.test', undefined],
      ],
    );
  } finally {
    one.close();
    two.close();
  }
});

test('a name in the form of a cluster goes to that cluster, and to no other kind', async () => {
  const server = await secureServer('up');
  const ended: TcpConnection[] = [];
  const clusters = new TestClusters()
    .add('outbound_.80_.v1_.a.test', server.port)
    .add('outbound_.80_._.a.test', server.port)
    .add('inbound|80|http|a.test', server.port)
    .add('a.test', server.port)
    .add('BlackHoleCluster', server.port);
  const { set, at, env } = testSet({
    clusters: () => clusters,
    tcpLog: () => (connection) => void ended.push(connection),
  });
  try {
    await set.apply([listenerOf([{ name: 'auto', tcp: { statPrefix: 'auto', sniCluster: true } }])]);
    assert.equal(await talkTls(at(), 'outbound_.80_.v1_.a.test'), 'up');
    assert.equal(await talkTls(at(), 'outbound_.80_._.a.test'), 'up');
    for (const name of ['inbound_.80_.http_.a.test', 'a.test', 'BlackHoleCluster', 'outbound_.81_._.a.test']) {
      assert.equal((await dialTls(at(), name)).destroyed, true, name);
    }
    await until(env, () => ended.length >= 6);
    assert.deepEqual(
      ended.slice(2).map(({ flags }) => [...flags]),
      [['NR'], ['NR'], ['NR'], ['NR']],
    );
  } finally {
    server.close();
  }
});

test('TLS that ends here is forwarded in the clear, half-closed and all', async () => {
  const server = await TestServer.start((socket) => {
    let text = '';
    socket.on('data', (chunk) => (text += String(chunk)));
    socket.on('end', () => socket.end(`got ${text}`));
  });
  const ended: TcpConnection[] = [];
  const clusters = new TestClusters().add('c', server.port);
  const { set, at, env } = testSet({
    clusters: () => clusters,
    tcpLog: () => (connection) => void ended.push(connection),
    readFile,
  });
  await set.apply([listenerOf([tcpChain('c', { tls })])]);
  const socket = await dialTls(at(), 'a.test');
  socket.end('secret');
  assert.equal(await readAll(socket), 'got secret');
  await until(env, () => ended.length > 0);
  assert.deepEqual([ended[0]?.received, ended[0]?.sent, ended[0]?.serverName], [6, 10, 'a.test']);
  assert.equal(ended[0]?.downstream.tls?.serverName, 'a.test');
});

test('beside TLS, a caller that waits for the server to speak is forwarded after a while', async () => {
  const server = await TestServer.start((socket) => socket.write('220 ready'));
  const clusters = new TestClusters().add('plain', server.port);
  const { set, at, env } = testSet({ clusters: () => clusters, readFile });
  const chains = [httpChain('secure', { tls }), tcpChain('plain', { match: { transport: Transport.PLAINTEXT } })];
  for (const proxyProtocol of [false, true]) {
    await set.apply([listenerOf(chains, { proxyProtocol })]);
    const socket = await dial(at());
    if (proxyProtocol) socket.write('PROXY UNKNOWN\r\n');
    const active = (): number => set.listenerStats().get('l')?.get('downstream_cx_active') ?? 0;
    await until(env, () => active() > 0);
    for (let round = 0; round < 20; round++) await env.time.advance(0);
    assert.equal(server.sockets.length, proxyProtocol ? 1 : 0);
    await env.time.advance(100);
    assert.equal(String((await once(socket, 'data'))[0]), '220 ready');
    socket.destroy();
    for (const one of server.sockets) one.destroy();
    await until(env, () => active() === 0);
  }
});
