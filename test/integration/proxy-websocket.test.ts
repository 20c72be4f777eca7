import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { after, before, describe, it } from 'node:test';
import WebSocket, { WebSocketServer } from 'ws';
import { askHttp1 } from '../support/ask.js';
import { eventually } from '../support/peer.js';
import {
  clusterAt,
  exchangeRaw,
  forwardTo,
  httpListener,
  listen,
  type Rig,
  type RoutePart,
  startProxy,
} from '../support/proxy-rig.js';
import { startRaw, type RawUpstream } from '../support/raw-upstream.js';

// Upgrades through the proxy, with a real client and a real server.
const wanting = (path: string, protocol: string, more = ''): string =>
  `GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: ${protocol}\r\n${more}\r\n`;

describe('a WebSocket through the proxy', { timeout: 180_000 }, () => {
  const sockets = new WebSocketServer({ noServer: true });
  let server: Server;
  let raw: RawUpstream;
  let rig: Rig;
  let seen: string[] = [];
  const closes: number[] = [];

  before(async () => {
    server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url} ${String(request.headers.upgrade)}`);
      response.end('plain');
    });
    server.on('upgrade', (request, socket, head) => {
      seen.push(`upgrade ${request.url} ${String(request.headers.upgrade)}`);
      if (request.url === '/refused') {
        socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 6\r\nx-why: no\r\n\r\ngo off');
        return;
      }
      sockets.handleUpgrade(request, socket, head, (peer) => {
        peer.on('message', (data, isBinary) => peer.send(data, { binary: isBinary }));
        peer.on('close', (code) => closes.push(code));
        peer.on('error', () => undefined);
        if (request.url === '/farewell') peer.close(4001, 'bye');
        if (request.url === '/drop') peer.terminate();
      });
    });
    raw = await startRaw({
      'cut-refusal': (socket) =>
        void socket.write('HTTP/1.1 401 No\r\ncontent-length: 100\r\n\r\nha', () =>
          setImmediate(() => socket.resetAndDestroy()),
        ),
      'long-refusal': (socket) =>
        void socket.write(`HTTP/1.1 401 No\r\ncontent-length: 3000000\r\n\r\n${'x'.repeat(3_000_000)}`),
      half: (socket) => void socket.write('HTTP/1.1 101 Yes\r\n\r\n'),
      garbage: (socket) => void socket.end('garbage\r\n\r\n'),
      silent: () => undefined,
      'full/first': () => undefined,
      reset: (socket) => void socket.resetAndDestroy(),
    });
    const responseHeaders = { set: [{ name: 'x-route', value: 'marked' }] };
    const at = (prefix: string, cluster: string, more: RoutePart['forward'] = {}): RoutePart => ({
      match: { prefix },
      ...forwardTo(cluster, { websocket: true, ...more }),
    });
    const routes = [
      at('/plain', 'app', { websocket: false }),
      at('/nobody', 'nobody'),
      at('/raw/', 'raw', { prefixRewrite: '/' }),
      { ...at('/marked/', 'app', { prefixRewrite: '/' }), responseHeaders },
      at('/full', 'full'),
      at('/', 'app'),
    ];
    rig = await startProxy({
      listeners: [httpListener(routes)],
      clusters: [
        ...[clusterAt('app', [await listen(server)]), clusterAt('raw', [raw.port]), clusterAt('nobody', [1])],
        clusterAt('full', [raw.port], { limits: { maxConnections: 1 } }),
      ],
    });
  });
  after(async () => {
    sockets.close();
    for (const peer of sockets.clients) peer.terminate();
    raw.stop();
    server.closeAllConnections();
    server.close();
    await rig.stop();
  });

  const dial = (path: string): WebSocket => new WebSocket(`ws://127.0.0.1:${rig.port()}${path}`);

  it('carries messages both ways, text and bytes, small and large', async () => {
    const socket = dial('/echo');
    await once(socket, 'open');
    for (const message of ['hello', 'x'.repeat(2_000_000), Buffer.from([0, 1, 255])]) {
      socket.send(message);
      const [data, isBinary] = (await once(socket, 'message')) as [Buffer, boolean];
      assert.deepEqual([data.equals(Buffer.from(message)), isBinary], [true, typeof message !== 'string']);
    }
    socket.close(1000);
    assert.equal((await once(socket, 'close'))[0], 1000);
    const [code, flags, received, sent] = (await rig.lineOf('/echo')).split(' ');
    assert.deepEqual([code, flags], ['101', '-']);
    assert(Number(received) > 2_000_000 && Number(sent) > 2_000_000);
  });

  it('has the headers of its route in the answer', async () => {
    const socket = dial('/marked/echo');
    const opened = once(socket, 'open');
    const [response] = (await once(socket, 'upgrade')) as [{ headers: Record<string, string> }];
    assert.equal(response.headers['x-route'], 'marked');
    await opened;
    socket.terminate();
  });

  it('beyond the connections of a cluster is refused with UO', async () => {
    const first = exchangeRaw(rig.port(), wanting('/full/first', 'websocket'));
    await eventually(() => Promise.resolve(raw.heads.some((head) => head.includes('/full/first')) || undefined));
    const second = await exchangeRaw(rig.port(), wanting('/full/other', 'websocket'));
    assert.match(second, /^HTTP\/1.1 503 /);
    assert.match(await rig.lineOf('/full/other'), /^503 UO /);
    raw.drop();
    assert.match(await first, /^HTTP\/1.1 503 /);
  });

  it('is closed by the server', async () => {
    const socket = dial('/farewell');
    const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
    assert.deepEqual([code, reason.toString()], [4001, 'bye']);
  });

  it('breaks off for one side when it does for the other', async () => {
    const dropped = dial('/drop');
    dropped.on('error', () => undefined);
    assert.equal((await once(dropped, 'close'))[0], 1006);
    const before = closes.length;
    const leaving = dial('/leaving');
    await once(leaving, 'open');
    leaving.terminate();
    await rig.lineOf('/leaving');
    assert.deepEqual(closes.slice(before), [1006]);
  });

  it('is refused as the server refuses it', async () => {
    const socket = dial('/refused');
    socket.on('error', () => undefined);
    const [, response] = (await once(socket, 'unexpected-response')) as [
      unknown,
      NodeJS.ReadableStream & { statusCode: number; headers: Record<string, string> },
    ];
    let body = '';
    for await (const chunk of response) body += String(chunk);
    assert.deepEqual([response.statusCode, response.headers['x-why'], body], [401, 'no', 'go off']);
    assert.match(await rig.lineOf('/refused'), /^401 - /);
  });

  it('is 403 where the route does not allow it, and 503 where nobody answers', async () => {
    assert.match(await exchangeRaw(rig.port(), wanting('/plain', 'websocket')), /^HTTP\/1.1 403 /);
    assert.match(await exchangeRaw(rig.port(), wanting('/nobody', 'websocket')), /^HTTP\/1.1 503 /);
    assert.match(await rig.lineOf('/nobody'), /^503 UF /);
  });

  it('whose refusal breaks off, or is garbage, or none, ends the connection and nothing else', async () => {
    assert.match(await exchangeRaw(rig.port(), wanting('/raw/cut-refusal', 'websocket')), /^HTTP\/1.1 401 /);
    assert.match(await rig.lineOf('/cut-refusal'), /^401 U[CR] /);
    assert.match(await exchangeRaw(rig.port(), wanting('/raw/garbage', 'websocket')), /^HTTP\/1.1 50[23] /);
    assert.match(await exchangeRaw(rig.port(), wanting('/raw/reset', 'websocket')), /^HTTP\/1.1 503 /);
    assert.match(await exchangeRaw(rig.port(), wanting('/raw/half', 'websocket')), /^HTTP\/1.1 502 /);
    const long = await exchangeRaw(rig.port(), wanting('/raw/long-refusal', 'websocket'));
    assert(long.length > 3_000_000);
    assert.equal((await askHttp1(rig.port(), { path: '/others' })).body, 'plain');
  });

  it('is the only upgrade: others are requests like any, or refused, and never reach the server as upgrades', async () => {
    seen = [];
    const h2c = await exchangeRaw(rig.port(), wanting('/h2c', 'h2c', 'http2-settings: AAMAAABkAAQAAP__\r\n'), /plain$/);
    assert.match(h2c, /^HTTP\/1.1 200 [\s\S]*plain/);
    assert.match(await exchangeRaw(rig.port(), wanting('/other', 'other')), /^HTTP\/1.1 403 /);
    assert.deepEqual(seen, ['GET /h2c undefined']);
  });

  it('asked for behind another request has its turn after it', async () => {
    const text = `GET /first HTTP/1.1\r\nhost: a\r\n\r\n${wanting('/plain', 'websocket')}`;
    assert.match(await exchangeRaw(rig.port(), text), /^HTTP\/1.1 200 [\s\S]*plainHTTP\/1.1 403 /);
    assert.equal((await askHttp1(rig.port(), { path: '/others' })).body, 'plain');
  });

  it('is no way in for CONNECT', async () => {
    assert.match(await exchangeRaw(rig.port(), 'CONNECT a:80 HTTP/1.1\r\nhost: a:80\r\n\r\n'), /^HTTP\/1.1 403 /);
  });

  it('with a body is refused, but for an offer of HTTP/2, which is passed over', async () => {
    seen = [];
    const smuggled = 'GET /smuggled HTTP/1.1\r\nhost: a\r\n\r\n';
    const length = `content-length: ${smuggled.length}\r\n`;
    assert.match(await exchangeRaw(rig.port(), wanting('/body', 'websocket', length) + smuggled), /^HTTP\/1.1 400 /);
    assert.deepEqual(seen, []);
    // There are clients that offer HTTP/2 with everything they send; a body stays one.
    const text = wanting('/body', 'h2c', `${length}connection: close\r\n`) + smuggled;
    assert.match(await exchangeRaw(rig.port(), text), /^HTTP\/1.1 200 [^]*plain$/);
    assert.deepEqual(seen, ['GET /body undefined']);
  });
});
