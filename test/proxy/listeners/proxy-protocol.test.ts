import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { proxyHeaderV2 } from './proxy-protocol.js';
import { bodyOf, dial, getRequest, httpChain, listenerOf, readAll, talk, testSet, until } from './support.js';

const header = 'PROXY TCP4 192.0.2.1 192.0.2.2 40000 443\r\n';
const source = { host: '192.0.2.1', port: 40_000 };
const destination = { host: '192.0.2.2', port: 443 };

test('the header says where a connection comes from and wants to go, by either version', async () => {
  const { set, at, acceptors } = testSet();
  await set.apply([listenerOf([httpChain('web')], { proxyProtocol: true })]);
  const addresses = Buffer.from([192, 0, 2, 1, 192, 0, 2, 2, 0x9c, 0x40, 1, 0xbb]);
  assert.equal(bodyOf(await talk(at(), header + getRequest)), 'web');
  assert.equal(bodyOf(await talk(at(), ...Array.from(header + getRequest))), 'web');
  assert.equal(bodyOf(await talk(at(), proxyHeaderV2(0x21, 0x11, addresses), getRequest)), 'web');
  for (const { downstream } of acceptors.accepted) {
    assert.deepEqual([downstream.remote, downstream.destination], [source, destination]);
    assert.deepEqual(downstream.local, at());
  }
  assert.equal(acceptors.accepted.length, 3);
});

test('a proxy that speaks for itself leaves the addresses as they are', async () => {
  const { set, at, acceptors } = testSet();
  await set.apply([listenerOf([httpChain('web')], { proxyProtocol: true })]);
  assert.equal(bodyOf(await talk(at(), proxyHeaderV2(0x20, 0, Buffer.alloc(0)), getRequest)), 'web');
  assert.equal(bodyOf(await talk(at(), `PROXY UNKNOWN\r\n${getRequest}`)), 'web');
  for (const { downstream } of acceptors.accepted) {
    assert.deepEqual([downstream.remote.host, downstream.destination], ['127.0.0.1', undefined]);
  }
});

test('a connection without a good header is closed', async () => {
  const { set, at, acceptors } = testSet();
  await set.apply([listenerOf([httpChain('web')], { proxyProtocol: true })]);
  assert.equal(await talk(at(), getRequest), '');
  assert.equal(await talk(at(), `PROXY TCP4 192.0.2.1 192.0.2.2 1 65536\r\n${getRequest}`), '');
  const short = await dial(at());
  short.end('PROXY TCP4');
  assert.equal(await readAll(short), '');
  assert.equal(acceptors.accepted.length, 0);
  assert.equal(set.listenerStats().get('l')?.get('downstream_listener_filter_error'), 3);
});

test('a header that does not come is not waited for without end', async () => {
  const { set, at, env } = testSet();
  await set.apply([listenerOf([httpChain('web')], { proxyProtocol: true })]);
  const socket = await dial(at());
  socket.write('PROXY ');
  await until(env, () => set.listenerStats().get('l')?.get('downstream_cx_active') === 1);
  await env.time.advance(60_000);
  assert.equal(await readAll(socket), '');
});

test('the wanted destination chooses the chain', async () => {
  const { set, at } = testSet();
  const chains = [
    httpChain('net', { match: { destinationSubnets: ['192.0.2.0/24'] } }),
    httpChain('here', { match: { destinationSubnets: ['127.0.0.0/8'] } }),
    httpChain('port', { match: { destinationPort: 8443 } }),
  ];
  await set.apply([listenerOf(chains, { proxyProtocol: true })]);
  assert.equal(bodyOf(await talk(at(), header + getRequest)), 'net');
  assert.equal(bodyOf(await talk(at(), `PROXY UNKNOWN\r\n${getRequest}`)), 'here');
  assert.equal(bodyOf(await talk(at(), `PROXY TCP4 192.0.2.1 192.0.2.2 1 8443\r\n${getRequest}`)), 'port');
  assert.equal(await talk(at(), `PROXY TCP4 192.0.2.1 198.51.100.1 1 80\r\n${getRequest}`), '');
});

test('one connection does not get the addresses of another', async () => {
  const { set, at, acceptors } = testSet();
  await set.apply([listenerOf([httpChain('web')], { proxyProtocol: true })]);
  const sockets = await Promise.all(Array.from({ length: 20 }, () => dial(at())));
  await Promise.all(
    sockets.map(async (socket, index) => {
      socket.write(`PROXY TCP4 192.0.2.${index} 192.0.2.2 ${index} 443\r\nGET / HTTP/1.1\r\nhost: a\r\n\r\n`);
      await once(socket, 'data');
    }),
  );
  for (const { downstream } of acceptors.accepted) {
    assert.equal(downstream.remote.host, `192.0.2.${downstream.remote.port}`);
  }
  assert.equal(new Set(acceptors.accepted.map(({ downstream }) => downstream.remote.port)).size, 20);
});
