import assert from 'node:assert/strict';
import { constants, createServer as createHttp2, type ServerHttp2Stream } from 'node:http2';
import { createServer, type Socket } from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';
import { type ProxyEnv, systemEnv } from '../../src/proxy/index.js';
import { type Answer, askHttp1 } from '../support/ask.js';
import { eventually } from '../support/peer.js';
import {
  clusterAt,
  destroyAll,
  forwardTo,
  httpListener,
  listen,
  type Rig,
  type RoutePart,
  startProxy,
} from '../support/proxy-rig.js';
import { type RawAct, type RawUpstream, startRaw } from '../support/raw-upstream.js';

// What upstreams do wrong, phase by phase: each has a status and a flag, and none reaches another request.
const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
const say =
  (text: string, then?: (socket: Parameters<RawAct>[0]) => void): RawAct =>
  (socket) =>
    void socket.write(Buffer.from(text, 'latin1'), () => then?.(socket));

const acts: Readonly<Record<string, RawAct>> = {
  fine: say(ok),
  'reset-before-head': (socket) => void socket.resetAndDestroy(),
  'close-before-head': (socket) => void socket.end(),
  'reset-in-head': say('HTTP/1.1 200 OK\r\ncontent-le', (socket) => socket.resetAndDestroy()),
  'close-in-head': say('HTTP/1.1 200 OK\r\ncontent-le', (socket) => socket.end()),
  'reset-in-body': say('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf', (socket) =>
    setImmediate(() => socket.resetAndDestroy()),
  ),
  'close-in-body': say('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf', (socket) => socket.end()),
  'reset-in-chunks': say('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n', (socket) =>
    socket.end(),
  ),
  'bad-chunk': say('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\nzz\r\n'),
  'close-after-body': say(ok, (socket) => socket.end()),
  'reset-after-body': say(ok, (socket) => setImmediate(() => socket.resetAndDestroy())),
  'too-long': say(`${ok}HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nstolen`),
  'too-long-garbage': say(`${ok}garbage`),
  'until-close': say('HTTP/1.1 200 OK\r\n\r\nall of it', (socket) => socket.end()),
  garbage: say('SSH-2.0-OpenSSH_9.2\r\n'),
  'bad-status': say('HTTP/1.1 99 What\r\n\r\n'),
  'two-lengths': say('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok'),
  'length-and-chunks': say(
    'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
  ),
  'bare-line-feeds': say('HTTP/1.1 200 OK\ncontent-length: 2\n\nok'),
  'split-header': say('HTTP/1.1 200 OK\r\nx-a: b\0c\r\ncontent-length: 2\r\n\r\nok'),
  'huge-header': say(`HTTP/1.1 200 OK\r\nx-a: ${'a'.repeat(200_000)}\r\ncontent-length: 2\r\n\r\nok`),
  'endless-header': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    const more = (): void => {
      if (!socket.destroyed) socket.write(`x-${'a'.repeat(4000)}: b\r\n`, (error) => error ?? more());
    };
    more();
  },
  informational: say(`HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${ok}`),
  'many-informational': say('HTTP/1.1 102 Processing\r\n\r\n'.repeat(200) + ok),
  'unasked-101': say('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
  'half-closed': say('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nha', (socket) =>
    setImmediate(() => socket.end('lf')),
  ),
  'body-of-204': say('HTTP/1.1 204 No Content\r\ncontent-length: 6\r\n\r\nstolen'),
  'body-of-304': say('HTTP/1.1 304 Not Modified\r\n\r\nstolen'),
  'body-of-head': say('HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nstolen'),
  slow: (socket) => {
    const bytes = ok.split('');
    const next = (): void => {
      const byte = bytes.shift();
      if (byte !== undefined) socket.write(byte, () => setImmediate(next));
    };
    next();
  },
  silent: () => undefined,
  'silent-in-body': say('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf'),
};

describe('an upstream over HTTP/1', { timeout: 180_000 }, () => {
  let raw: RawUpstream;
  let rig: Rig;

  before(async () => {
    raw = await startRaw(acts);
    const closed = createServer();
    const nobody = await listen(closed);
    closed.close();
    const short = { timeout: { nanos: 300_000_000 } };
    const at = (prefix: string, part: RoutePart): RoutePart => ({ match: { prefix }, ...part });
    rig = await startProxy({
      listeners: [
        httpListener([at('/silent', forwardTo('raw', short)), at('/refused', forwardTo('nobody')), forwardTo('raw')]),
      ],
      clusters: [clusterAt('raw', [raw.port]), clusterAt('nobody', [nobody])],
    });
  });
  after(async () => {
    await rig.stop();
    raw.stop();
  });
  // Whatever the last one did: the next request gets its own answer.
  afterEach(async () => {
    for (let count = 0; count < 3; count++) {
      const answer = await askHttp1(rig.port(), { path: '/fine' });
      assert.deepEqual([answer.status, answer.body], [200, 'ok']);
    }
  });

  const before503 = 'upstream connect error or disconnect/reset before headers. reset reason:';
  const cases: readonly [path: string, status: number | 'cut', flags: string, body?: string][] = [
    ['refused', 503, 'UF', `${before503} connection failure`],
    ['reset-before-head', 503, 'UC', `${before503} connection termination`],
    ['close-before-head', 503, 'UC', `${before503} connection termination`],
    ['reset-in-head', 503, 'UC', `${before503} connection termination`],
    ['close-in-head', 503, 'UC', `${before503} connection termination`],
    ['reset-in-body', 'cut', 'UR'],
    ['close-in-body', 'cut', 'UR'],
    ['reset-in-chunks', 'cut', 'UR'],
    ['bad-chunk', 'cut', 'UR'],
    ['close-after-body', 200, '-', 'ok'],
    ['reset-after-body', 200, '-', 'ok'],
    ['too-long', 200, '-', 'ok'],
    ['too-long-garbage', 200, '-', 'ok'],
    ['until-close', 200, '-', 'all of it'],
    ['garbage', 502, 'UPE', `${before503} protocol error`],
    ['bad-status', 502, 'UPE', `${before503} protocol error`],
    ['two-lengths', 502, 'UPE', `${before503} protocol error`],
    ['length-and-chunks', 502, 'UPE', `${before503} protocol error`],
    ['bare-line-feeds', 502, 'UPE', `${before503} protocol error`],
    ['split-header', 502, 'UPE', `${before503} protocol error`],
    ['huge-header', 502, 'UPE', `${before503} protocol error`],
    ['endless-header', 502, 'UPE', `${before503} protocol error`],
    ['informational', 200, '-', 'ok'],
    ['many-informational', 200, '-', 'ok'],
    ['unasked-101', 502, 'UPE', `${before503} protocol error`],
    ['half-closed', 200, '-', 'half'],
    ['body-of-204', 204, '-', ''],
    ['body-of-304', 304, '-', ''],
    ['slow', 200, '-', 'ok'],
    ['silent', 504, 'UT', 'upstream request timeout'],
    ['silent-in-body', 'cut', 'UT'],
  ];
  for (const [path, status, flags, body] of cases) {
    it(`that does ${path} is ${status} with ${flags}`, async () => {
      const answer: Answer | undefined = await askHttp1(rig.port(), { path: `/${path}` }).catch(() => undefined);
      if (status === 'cut') assert.equal(answer, undefined);
      else assert.deepEqual([answer?.status, answer?.body], [status, body]);
      const [logged, flag] = (await rig.lineOf(`/${path}`)).split(' ');
      assert.deepEqual([logged, flag], [String(status === 'cut' ? 200 : status), flags]);
    });
  }

  it('that sends a body to HEAD is not believed', async () => {
    const answer = await askHttp1(rig.port(), { method: 'HEAD', path: '/body-of-head' });
    assert.deepEqual([answer.status, answer.body, answer.headers['content-length']], [200, '', '6']);
  });
});

const streams: Readonly<Record<string, (stream: ServerHttp2Stream) => void>> = {
  fine: (stream) => {
    stream.respond({ ':status': 200 });
    stream.end('ok');
  },
  'reset-before-head': (stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR),
  'refused-stream': (stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM),
  'protocol-error': (stream) => stream.close(constants.NGHTTP2_PROTOCOL_ERROR),
  'session-destroyed': (stream) => stream.session?.destroy(),
  'session-destroyed-in-body': (stream) => {
    stream.respond({ ':status': 200 });
    stream.write('half', () => stream.session?.destroy());
  },
  'goaway-and-answer': (stream) => {
    stream.session?.goaway(0);
    stream.respond({ ':status': 200 });
    stream.end('ok');
  },
  'too-short': (stream) => {
    stream.respond({ ':status': 200, 'content-length': 10 });
    stream.end('half');
  },
  'too-long': (stream) => {
    stream.respond({ ':status': 200, 'content-length': 2 });
    stream.end('ok and more');
  },
  informational: (stream) => {
    stream.additionalHeaders({ ':status': 103, link: '</a>' });
    stream.respond({ ':status': 200 });
    stream.end('ok');
  },
};

describe('an upstream over HTTP/2', { timeout: 180_000 }, () => {
  const server = createHttp2();
  const sockets = new Set<Socket>();
  let raw: RawUpstream;
  let rig: Rig;

  before(async () => {
    server.on('connection', (socket: Socket) => sockets.add(socket));
    server.on('session', (session) => session.on('error', () => undefined));
    server.on('stream', (stream: ServerHttp2Stream, headers) => {
      stream.on('error', () => undefined);
      streams[String(headers[':path']).slice(1)]?.(stream);
    });
    const port = await listen(server);
    raw = await startRaw({ '': say('HTTP/1.1 400 What\r\n\r\n') });
    rig = await startProxy({
      listeners: [httpListener([{ match: { exact: '/garbage' }, ...forwardTo('raw') }, forwardTo('app')])],
      clusters: [clusterAt('app', [port], { http2: true }), clusterAt('raw', [raw.port], { http2: true })],
    });
  });
  after(async () => {
    await rig.stop();
    raw.stop();
    server.close();
    destroyAll(sockets);
  });
  afterEach(async () => {
    const answer = await askHttp1(rig.port(), { path: '/fine' });
    assert.deepEqual([answer.status, answer.body], [200, 'ok']);
  });

  const cases: readonly [path: string, status: number | 'cut', flags: string][] = [
    ['reset-before-head', 503, 'UR'],
    ['refused-stream', 503, 'UR'],
    ['protocol-error', 502, 'UPE'],
    ['session-destroyed', 503, 'UC'],
    ['session-destroyed-in-body', 'cut', 'UR'],
    ['goaway-and-answer', 200, '-'],
    ['too-short', 'cut', 'UR'],
    ['too-long', 'cut', 'UR'],
    ['informational', 200, '-'],
    ['garbage', 502, 'UPE'],
  ];
  for (const [path, status, flags] of cases) {
    it(`that does ${path} is ${status} with ${flags}`, async () => {
      const answer = await askHttp1(rig.port(), { path: `/${path}` }).catch(() => undefined);
      assert.equal(answer?.status, status === 'cut' ? undefined : status);
      const [logged, flag] = (await rig.lineOf(`/${path}`)).split(' ');
      assert.deepEqual([logged, flag], [String(status === 'cut' ? 200 : status), flags]);
    });
  }
});

describe('an upstream that gets copies', { timeout: 180_000 }, () => {
  it('and answers none does not hold up the end of the proxy', async () => {
    const usual = systemEnv({ info: () => undefined, warn: () => undefined });
    // Copies give up by themselves after so long, which is not to be what ends this one.
    const env: Partial<ProxyEnv> = {
      after: (millis, work) => (millis === 15_000 ? () => undefined : usual.after(millis, work)),
    };
    const mirror = { cluster: 'silent', fraction: { perMillion: 1_000_000 } };
    const [raw, silent] = await Promise.all([startRaw({ '': say(ok) }), startRaw({ '': () => undefined })]);
    try {
      const rig = await startProxy(
        {
          listeners: [httpListener([forwardTo('raw', { mirror })])],
          clusters: [clusterAt('raw', [raw.port]), clusterAt('silent', [silent.port])],
        },
        { env },
      );
      assert.equal((await askHttp1(rig.port(), { path: '/' })).body, 'ok');
      await eventually(() => Promise.resolve(silent.heads.length > 0 || undefined));
      await rig.stop();
    } finally {
      raw.stop();
      silent.stop();
    }
  });
});
