import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import type { TcpConnection, TcpObserver } from '../../../src/proxy/tcp/index.js';
import { deferred } from '../../support/deferred.js';
import { dial, listenerOf, readAll, tcpChain, testSet, until } from '../listeners/support.js';
import { TestClusters, TestServer } from './support.js';

interface Given {
  readonly observer?: TcpObserver;
  readonly filter?: object;
  readonly server?: TestServer;
}

/** A TCP chain on a real port, in front of a server that sends everything back. */
async function proxied(clusters: TestClusters, { observer, filter = {} }: Given = {}) {
  const ended: TcpConnection[] = [];
  const made = testSet({
    clusters: () => clusters,
    ...(observer === undefined ? {} : { tcpMixer: () => observer }),
    tcpLog: () => (connection) => void ended.push(connection),
  });
  const tcp = { statPrefix: 'tcp', clusters: [{ name: 'up' }], ...filter };
  assert.deepEqual(await made.set.apply([listenerOf([{ name: 'chain', tcp }])]), []);
  const { time } = made.env;
  return {
    ...made,
    time,
    ended,
    until: (isSo: () => boolean): Promise<void> => until(made.env, isSo),
  };
}

async function ask(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  return String((await once(socket, 'data'))[0]);
}

test('bytes go both ways, and are counted; one record tells of the connection at its end', async () => {
  const server = await TestServer.start();
  const { at, ended, until, set, env } = await proxied(new TestClusters().add('up', server.port));
  const socket = await dial(at());
  assert.equal(await ask(socket, 'hello'), 'hello');
  assert.equal(ended.length, 0);
  await env.time.advance(1500);
  socket.end('!!');
  assert.equal(await readAll(socket), '!!');
  await until(() => ended.length > 0);
  const { received, sent, cluster, endpoint, flags, allowed, ended: at2, started, downstream } = ended[0]!;
  assert.deepEqual([received, sent, cluster, allowed, [...flags]], [7, 7, 'up', true, []]);
  assert.equal(endpoint?.port, server.port);
  assert.equal(at2! - started, 1500);
  assert.equal(downstream.remote.port, socket.localPort ?? downstream.remote.port);
  const stats = set.tcpStats().get('tcp');
  const names = ['cx_total', 'cx_active', 'cx_rx_bytes_total', 'cx_tx_bytes_total'];
  assert.deepEqual(
    names.map((name) => stats?.get(`downstream_${name}`)),
    [1, 0, 7, 7],
  );
  assert.equal(ended.length, 1);
});

test('a server that speaks first is heard', async () => {
  const server = await TestServer.start((socket) => socket.write('220 ready'));
  const { at } = await proxied(new TestClusters().add('up', server.port));
  const socket = await dial(at());
  assert.equal(String((await once(socket, 'data'))[0]), '220 ready');
});

test('a caller that has ended still gets its answer', async () => {
  const server = await TestServer.start((socket) => {
    let text = '';
    socket.on('data', (chunk) => (text += String(chunk)));
    socket.on('end', () => setImmediate(() => socket.end(`got ${text}`)));
  });
  const { at, ended, until } = await proxied(new TestClusters().add('up', server.port));
  const socket = await dial(at());
  socket.end('question');
  assert.equal(await readAll(socket), 'got question');
  await until(() => ended.length > 0);
});

test('a server that has ended still gets what the caller says', async () => {
  const heard: string[] = [];
  const server = await TestServer.start((socket) => {
    socket.end('bye');
    socket.on('data', (chunk) => heard.push(String(chunk)));
  });
  const { at, ended, until } = await proxied(new TestClusters().add('up', server.port));
  const socket = await dial(at());
  assert.equal(await readAll(socket), 'bye');
  socket.write('one');
  await until(() => heard.join('') === 'one');
  socket.end(' two');
  await until(() => heard.join('') === 'one two' && ended.length > 0);
  assert.deepEqual([ended[0]?.received, ended[0]?.sent], [7, 3]);
});

test('who does not read makes the other side wait, and loses nothing', async () => {
  const chunk = Buffer.alloc(64 * 1024, 'x');
  const total = 400;
  let written = 0;
  const server = await TestServer.start((socket) => {
    const write = (): void => {
      while (written < total) {
        written += 1;
        if (!socket.write(chunk)) return void socket.once('drain', write);
      }
      socket.end();
    };
    write();
  });
  const { at, until, set } = await proxied(new TestClusters().add('up', server.port));
  const socket = await dial(at());
  socket.pause();
  const sent = (): number => set.tcpStats().get('tcp')?.get('downstream_cx_tx_bytes_total') ?? 0;
  let last = -1;
  let quiet = 0;
  await until(() => {
    quiet = sent() === last && last > 0 ? quiet + 1 : 0;
    last = sent();
    return quiet > 200;
  });
  assert.ok(sent() < total * chunk.length, `${sent()} bytes were taken`);
  let length = 0;
  socket.on('data', (bytes) => (length += bytes.length));
  socket.resume();
  await once(socket, 'end');
  assert.equal(length, total * chunk.length);
});

test('a connection that breaks on one side is closed on the other', async () => {
  const server = await TestServer.start();
  const { at, ended, until } = await proxied(new TestClusters().add('up', server.port));
  const first = await dial(at());
  await ask(first, 'x');
  first.resetAndDestroy();
  await until(() => ended.length === 1);
  await until(() => server.sockets[0]!.destroyed || server.sockets[0]!.readableEnded);
  const second = await dial(at());
  await ask(second, 'x');
  server.sockets[1]!.resetAndDestroy();
  assert.equal(await readAll(second), '');
  await until(() => ended.length === 2);
});

test('a caller that ends and then breaks off does not keep the upstream', async () => {
  const server = await TestServer.start((socket) => socket.resume());
  const { at, ended, until } = await proxied(new TestClusters().add('up', server.port));
  const socket = await dial(at());
  socket.end('all');
  await until(() => server.sockets.length > 0 && server.sockets[0]!.readableEnded);
  server.sockets[0]!.write('x');
  await once(socket, 'data');
  socket.resetAndDestroy();
  // The proxy learns of it when it writes.
  await until(() => {
    if (!server.sockets[0]!.destroyed) server.sockets[0]!.write('x');
    return ended.length > 0;
  });
});

test('why a connection cannot be forwarded is flagged, and counts against the endpoint where it is its fault', async () => {
  const gone = await TestServer.start();
  const { port } = gone;
  gone.close();
  const clusters = new TestClusters().add('down', port).add('empty', undefined).add('full', 'overflow');
  const seen: unknown[] = [];
  for (const name of ['unknown', 'empty', 'down', 'full']) {
    const { at, ended, set } = await proxied(clusters, { filter: { clusters: [{ name }] } });
    const socket = await dial(at());
    assert.equal(await readAll(socket), '');
    const [connection] = ended;
    const noRoute = set.tcpStats().get('tcp')?.get('downstream_cx_no_route');
    seen.push([name, [...connection!.flags], connection!.upstreamFailure, noRoute]);
  }
  assert.deepEqual(seen, [
    ['unknown', ['NR'], undefined, 1],
    ['empty', ['UH'], undefined, 0],
    ['down', ['UF'], 'ECONNREFUSED', 0],
    ['full', ['UO'], 'connections', 0],
  ]);
  assert.deepEqual(clusters.outcomes, ['gateway-failure']);
});

test('a caller that goes away while the upstream is dialled is let go', async () => {
  const { at, ended, until } = await proxied(new TestClusters().add('up', 'never'));
  const socket = await dial(at());
  socket.resetAndDestroy();
  await until(() => ended.length > 0);
  assert.deepEqual([...ended[0]!.flags], []);
});

test('a connection without traffic is closed after the idle timeout, and traffic puts it off', async () => {
  const server = await TestServer.start();
  const { at, ended, until, time, set } = await proxied(new TestClusters().add('up', server.port), {
    filter: { idleTimeout: { seconds: 10n } },
  });
  const socket = await dial(at());
  for (let round = 0; round < 4; round++) {
    assert.equal(await ask(socket, 'x'), 'x');
    await time.advance(6000);
  }
  assert.equal(ended.length, 0);
  await time.advance(4000);
  await until(() => ended.length > 0);
  assert.equal(set.tcpStats().get('tcp')?.get('idle_timeout'), 1);
  assert.equal(time.pending, 0);
});

test('the idle timeout is an hour, unless it is switched off', async () => {
  const server = await TestServer.start();
  const usual = await proxied(new TestClusters().add('up', server.port));
  const off = await proxied(new TestClusters().add('up', server.port), { filter: { idleTimeout: {} } });
  await ask(await dial(usual.at()), 'x');
  await ask(await dial(off.at()), 'x');
  await Promise.all([usual.time.advance(3_599_999), off.time.advance(86_400_000)]);
  assert.equal(usual.ended.length + off.ended.length, 0);
  await usual.time.advance(1);
  await usual.until(() => usual.ended.length > 0);
  assert.equal(off.ended.length, 0);
});

/** Notes what it is told, and answers when it is let. */
function observer(answer: boolean | Promise<boolean>, told: string[] = []) {
  const note =
    (event: string) =>
    ({ received, sent }: TcpConnection): void =>
      void told.push(`${event} ${received} ${sent}`);
  return {
    told,
    onConnection: () => answer,
    onOpen: note('open'),
    onContinue: note('continue'),
    onClose: note('close'),
  };
}

test('nothing passes before the observer has said yes; then it hears of the connection at every interval', async () => {
  const server = await TestServer.start((socket) => socket.write('hello'));
  const { promise, resolve } = deferred<boolean>();
  const watching = observer(promise);
  const { at, until, time, ended } = await proxied(new TestClusters().add('up', server.port), {
    observer: watching,
    filter: { mixer: { reportInterval: { nanos: 1 } } },
  });
  const socket = await dial(at());
  socket.write('abc');
  for (let round = 0; round < 50; round++) await time.advance(0);
  assert.deepEqual([server.sockets.length, watching.told], [0, []]);
  resolve(true);
  assert.equal(String((await once(socket, 'data'))[0]), 'hello');
  await until(() => server.sockets[0]!.bytesRead === 3);
  await time.advance(2999);
  assert.deepEqual(watching.told, ['open 0 0', 'continue 3 5', 'continue 3 5']);
  socket.destroy();
  server.sockets[0]!.end();
  await until(() => ended.length > 0);
  await time.advance(10_000);
  assert.deepEqual(watching.told.slice(3), ['close 3 5']);
});

test('reports come every ten seconds unless told otherwise', async () => {
  const server = await TestServer.start();
  const watching = observer(true);
  const { at, time } = await proxied(new TestClusters().add('up', server.port), { observer: watching });
  await ask(await dial(at()), 'x');
  await time.advance(9999);
  assert.equal(watching.told.length, 1);
  await time.advance(1);
  assert.deepEqual(watching.told, ['open 0 0', 'continue 1 1']);
});

test('a connection that is denied is closed without a byte, and reported as closed', async () => {
  const server = await TestServer.start((socket) => socket.write('hello'));
  const answers = [() => false, async () => false, () => Promise.reject(new Error('broken'))];
  for (const onConnection of answers) {
    const watching = { ...observer(true), onConnection };
    const { at, ended } = await proxied(new TestClusters().add('up', server.port), { observer: watching });
    const socket = await dial(at());
    socket.write('abc');
    assert.equal(await readAll(socket), '');
    assert.deepEqual(watching.told, ['close 0 0']);
    assert.equal(ended[0]?.allowed, false);
  }
  assert.equal(server.sockets.length, 0);
});

test('a caller that goes away during the check ends it', async () => {
  const server = await TestServer.start();
  const { promise, resolve } = deferred<boolean>();
  let given: AbortSignal | undefined;
  const watching = observer(promise);
  const { at, ended, until } = await proxied(new TestClusters().add('up', server.port), {
    observer: {
      ...watching,
      onConnection: (_connection, signal) => {
        given = signal;
        return promise;
      },
    },
  });
  const socket = await dial(at());
  await until(() => given !== undefined);
  socket.resetAndDestroy();
  await until(() => given!.aborted);
  resolve(true);
  await until(() => ended.length > 0);
  assert.deepEqual(watching.told, ['close 0 0']);
  assert.equal(server.sockets.length, 0);
});

test('connections that are left are destroyed when the time to drain is over', async () => {
  const server = await TestServer.start();
  const { at, ended, until, set, time } = await proxied(new TestClusters().add('up', server.port));
  const socket = await dial(at());
  await ask(socket, 'x');
  const drained = set.drain();
  await time.advance(44_999);
  assert.equal(await ask(socket, 'y'), 'y');
  await time.advance(1);
  await drained;
  assert.equal(await readAll(socket), '');
  await until(() => ended.length > 0);
});

test('weights divide connections among clusters', async () => {
  const [one, two] = [await TestServer.start(), await TestServer.start()];
  const clusters = new TestClusters().add('one', one.port).add('two', two.port);
  const numbers = [0, 0.74, 0.75, 0.99];
  const { at, env } = await proxied(clusters, {
    filter: {
      clusters: [
        { name: 'none', weight: 0 },
        { name: 'one', weight: 75 },
        { name: 'two', weight: 25 },
      ],
    },
  });
  Object.assign(env, { random: () => numbers.shift() ?? 0 });
  for (let round = 0; round < 4; round++) await ask(await dial(at()), 'x');
  assert.deepEqual([one.sockets.length, two.sockets.length], [2, 2]);
});

test('the destination of a PROXY header is where an original destination is looked for', async () => {
  const server = await TestServer.start();
  const clusters = new TestClusters().add('c', server.port);
  const { set, at } = testSet({ clusters: () => clusters });
  await set.apply([listenerOf([tcpChain('c')], { proxyProtocol: true })]);
  const socket = await dial(at());
  assert.equal(await ask(socket, 'PROXY TCP4 192.0.2.1 192.0.2.2 40000 443\r\nhello'), 'hello');
  assert.deepEqual(clusters.choices, [{ destination: { host: '192.0.2.2', port: 443 } }]);
});
