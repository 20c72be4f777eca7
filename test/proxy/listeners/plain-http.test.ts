import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { test } from 'node:test';
import { bodyOf, dial, getRequest, httpChain, listenerOf, readAll, talk, testSet, until } from './support.js';

test('a plain request comes through whole, at once or byte by byte', async () => {
  const { set, at, acceptors } = testSet();
  assert.deepEqual(await set.apply([listenerOf([httpChain('web')])]), []);
  assert.equal(bodyOf(await talk(at(), getRequest)), 'web');
  assert.equal(bodyOf(await talk(at(), ...Array.from(getRequest))), 'web');
  assert.equal(bodyOf(await talk(at(), 'P', 'R', 'O', `PFIND${getRequest.slice(3)}`)), 'web');
  const [first] = acceptors.accepted;
  assert.equal(first?.protocol, 'http1');
  assert.equal(first.downstream.remote.host, '127.0.0.1');
  assert.deepEqual(first.downstream.local, at());
});

test('HTTP/2 by prior knowledge comes through whole, with what was looked at', async () => {
  const { set, at, acceptors } = testSet();
  await set.apply([listenerOf([httpChain('web')])]);
  const session = connectHttp2(`http://127.0.0.1:${at().port}`);
  for (let round = 0; round < 3; round++) {
    const stream = session.request({ ':path': '/' });
    let body = '';
    stream.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    await once(stream, 'end');
    assert.equal(body, 'web');
  }
  session.close();
  assert.deepEqual(
    acceptors.accepted.map(({ protocol }) => protocol),
    ['http2'],
  );
});

test('a preface that comes in pieces is waited for', async () => {
  const { set, at, acceptors } = testSet();
  await set.apply([listenerOf([httpChain('web')])]);
  const socket = await dial(at());
  const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
  for (const part of ['PR', 'I * HTTP/2.0\r\n\r\nS', 'M\r\n\r']) {
    socket.write(part);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(acceptors.accepted.length, 0);
  socket.write('\n');
  socket.write(settings);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  assert.equal(answer[3], 4);
  assert.equal(acceptors.accepted[0]?.protocol, 'http2');
});

test('a request that ends with its connection is answered all the same', async () => {
  const { set, at } = testSet();
  await set.apply([listenerOf([httpChain('web')])]);
  const socket = await dial(at());
  socket.end(getRequest);
  assert.equal(bodyOf(await readAll(socket)), 'web');
});

test('who says nothing is closed when the time for headers is over', async () => {
  const { set, at, env } = testSet();
  await set.apply([listenerOf([httpChain('web')], { limits: { headerTimeout: { seconds: 5n } } })]);
  const silent = await dial(at());
  const slow = await dial(at());
  slow.write('PRI');
  await until(env, () => set.listenerStats().get('l')?.get('downstream_cx_active') === 2);
  await env.time.advance(4999);
  assert.equal(silent.closed, false);
  await env.time.advance(1);
  assert.deepEqual(await Promise.all([readAll(silent), readAll(slow)]), ['', '']);
  assert.equal(set.listenerStats().get('l')?.get('downstream_pre_cx_timeout'), 2);
  assert.equal(env.time.pending, 0);
});

test('connections beyond the limit are closed at once', async () => {
  const { set, at, env } = testSet();
  await set.apply([listenerOf([httpChain('web')], { limits: { maxConnections: 1 } })]);
  const first = await dial(at());
  await until(env, () => set.listenerStats().get('l')?.get('downstream_cx_active') === 1);
  assert.equal(await talk(at(), getRequest), '');
  first.destroy();
  await until(env, () => set.listenerStats().get('l')?.get('downstream_cx_active') === 0);
  assert.equal(bodyOf(await talk(at(), getRequest)), 'web');
  assert.equal(set.listenerStats().get('l')?.get('downstream_cx_overflow'), 1);
});
