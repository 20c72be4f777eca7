import assert from 'node:assert/strict';
import { constants, createServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { createServer as createTcpServer } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { test } from 'node:test';
import { Headers } from '../../../../src/proxy/http/headers.js';
import type { UpstreamCall } from '../../../../src/proxy/upstream/types.js';
import { eventually } from '../../../support/peer.js';
import { answerOf, httpServer, listening, oneCluster, rawServer, requestOf, unheard } from '../fixture.js';

type OnStream = (stream: ServerHttp2Stream, headers: Record<string, unknown>, raw: string[]) => void;

const frames = { DATA: 0, HEADERS: 1, RST_STREAM: 3, SETTINGS: 4, CONTINUATION: 9 };

function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

function serverOf(onStream: OnStream, maxConcurrentStreams?: number): Http2Server {
  const server = createServer(maxConcurrentStreams === undefined ? {} : { settings: { maxConcurrentStreams } });
  server.on('stream', (stream, headers, _flags, raw?: string[]) => {
    stream.on('error', () => undefined);
    onStream(stream, headers, raw ?? []);
  });
  server.on('session', (session) => void session.on('error', () => undefined));
  return server;
}

test('a request goes out with pseudo-headers, its headers in order and repeated ones each by itself', async () => {
  const server = serverOf((stream, _headers, raw) => {
    stream.respond({ ':status': 200, 'x-seen': raw.join('|'), 'set-cookie': ['a', 'b'] });
    stream.end('hello');
  });
  await listening(server, async ({ target }) => {
    const { set, cluster, pick } = oneCluster([target], { http2: true });
    const headers = new Headers(['x-a', '1', 'te', 'trailers', 'x-a', '2', 'connection', 'close', '__proto__', 'x']);
    const answer = await answerOf(pick(), requestOf({ path: '/a?b', headers }));
    assert.equal(answer.status, 200);
    assert.equal(answer.body, 'hello');
    assert.equal(
      answer.headers.get('x-seen'),
      ':method|GET|:path|/a?b|:scheme|http|:authority|reviews:80|x-a|1|x-a|2|te|trailers|__proto__|x',
    );
    assert.equal(answer.headers.getAll('set-cookie'), 'a,b');
    assert.equal(answer.headers.get(':status'), undefined);
    assert.equal(cluster.stats.get('upstream_cx_http2_total'), 1);
    await set.close();
    assert.equal(cluster.stats.get('upstream_cx_active'), 0);
  });
});

test('gRPC passes: a body both ways and trailers, or trailers only', async () => {
  const server = serverOf((stream, { ':path': path }) => {
    if (path === '/only') {
      stream.respond({ ':status': 200, 'grpc-status': '12' }, { endStream: true });
      return;
    }
    stream.respond({ ':status': 200 }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0', 'grpc-message': 'fine' }));
    stream.pipe(stream);
  });
  await listening(server, async ({ target }) => {
    const { set, pick } = oneCluster([target], { http2: true });
    for (const body of [Buffer.from('abc'), Readable.from([Buffer.from('a'), Buffer.from('bc')])]) {
      const answer = await answerOf(pick(), requestOf({ method: 'POST', path: '/a' }, body));
      assert.equal(answer.body, 'abc');
      assert.deepEqual(answer.trailers?.raw, ['grpc-status', '0', 'grpc-message', 'fine']);
    }
    const only = await answerOf(pick(), requestOf({ method: 'POST', path: '/only' }, Buffer.from('abc')));
    assert.equal(only.headers.get('grpc-status'), '12');
    assert.equal(only.trailers, undefined);
    await set.close();
  });
});

test('many requests share a connection, and further ones open when its streams are used up', async () => {
  const held: ServerHttp2Stream[] = [];
  const server = serverOf((stream) => void held.push(stream), 2);
  await listening(server, async ({ target, accepted }) => {
    const { set, pick } = oneCluster([target], { http2: true });
    const endpoint = pick();
    const first = answerOf(endpoint);
    (await eventually(async () => held[0])).respond({ ':status': 200 }, { endStream: true });
    await first;
    const answers = Array.from({ length: 5 }, () => answerOf(endpoint));
    assert.equal(endpoint.active, 5);
    await eventually(async () => (held.length === 6 ? true : undefined));
    assert.equal(accepted(), 3);
    for (const stream of held.slice(1)) stream.respond({ ':status': 200 }, { endStream: true });
    assert.deepEqual(
      (await Promise.all(answers)).map(({ status }) => status),
      [200, 200, 200, 200, 200],
    );
    await set.close();
  });
});

const resets: readonly (readonly [number, string, string])[] = [
  [constants.NGHTTP2_REFUSED_STREAM, 'refused-stream', 'REFUSED_STREAM'],
  [constants.NGHTTP2_INTERNAL_ERROR, 'remote-reset', 'INTERNAL_ERROR'],
  [constants.NGHTTP2_CANCEL, 'remote-reset', 'CANCEL'],
  [constants.NGHTTP2_NO_ERROR, 'remote-reset', 'NO_ERROR'],
  [constants.NGHTTP2_PROTOCOL_ERROR, 'protocol', 'PROTOCOL_ERROR'],
];
for (const [code, kind, reason] of resets) {
  test(`a stream reset with ${reason} is a failure of kind ${kind}`, async () => {
    await listening(
      serverOf((stream) => stream.close(code)),
      async ({ target }) => {
        const { set, pick } = oneCluster([target], { http2: true });
        assert.deepEqual((await answerOf(pick())).failure, { kind, reason });
        await set.close();
      },
    );
  });
}

const length10 = Buffer.from('\x0f\x0d\x0210', 'latin1');
for (const [code, length] of [
  [constants.NGHTTP2_CANCEL, ''],
  [constants.NGHTTP2_INTERNAL_ERROR, ''],
  [constants.NGHTTP2_NO_ERROR, length10],
] as const) {
  test(`a reset with code ${code} in the middle of an answer is a failure`, async () => {
    const server = createTcpServer((socket) => {
      socket.write(frame(frames.SETTINGS, 0, 0));
      socket.once('data', () => {
        socket.write(frame(frames.HEADERS, 4, 1, Buffer.concat([Buffer.from([0x88]), Buffer.from(length)])));
        socket.write(frame(frames.DATA, 0, 1, Buffer.from('some')));
        socket.write(frame(frames.RST_STREAM, 0, 1, Buffer.from([0, 0, 0, code])));
      });
    });
    await listening(server, async ({ target }) => {
      const { set, pick } = oneCluster([target], { http2: true });
      const { status, failure } = await answerOf(pick());
      assert.equal(status, 200);
      assert.equal(failure?.kind, code === constants.NGHTTP2_NO_ERROR ? 'reset' : 'remote-reset');
      await set.close();
    });
  });
}

test('an answer whose length is not what it says is a failure', async () => {
  const server = serverOf((stream) => {
    stream.respond({ ':status': 200, 'content-length': '10' });
    stream.end('abc');
  });
  await listening(server, async ({ target }) => {
    const { set, pick } = oneCluster([target], { http2: true });
    assert.equal((await answerOf(pick())).failure?.kind, 'protocol');
    await set.close();
  });
});

test('after GOAWAY streams that were begun go on, others are refused, and a new connection takes the next', async () => {
  const sessions: ServerHttp2Session[] = [];
  const held: ServerHttp2Stream[] = [];
  const server = serverOf((stream) => void held.push(stream));
  server.on('session', (session) => void sessions.push(session));
  await listening(server, async ({ target, accepted }) => {
    const { set, pick } = oneCluster([target], { http2: true });
    const first = answerOf(pick());
    await eventually(async () => held[0]);
    const second = answerOf(pick());
    await eventually(async () => held[1]);
    sessions[0]!.goaway(constants.NGHTTP2_NO_ERROR, held[0]!.id ?? 0);
    assert.equal((await second).failure?.kind, 'refused-stream');
    held[0]!.respond({ ':status': 200 }, { endStream: true });
    assert.equal((await first).status, 200);
    const third = answerOf(pick());
    (await eventually(async () => held[2])).respond({ ':status': 200 }, { endStream: true });
    assert.equal((await third).status, 200);
    assert.equal(accepted(), 2);
    await set.close();
  });
});

test('a GOAWAY that reports an error refuses what came after and resets the rest', async () => {
  const sessions: ServerHttp2Session[] = [];
  const held: ServerHttp2Stream[] = [];
  const server = serverOf((stream) => void held.push(stream));
  server.on('session', (session) => void sessions.push(session));
  await listening(server, async ({ target }) => {
    const { set, pick } = oneCluster([target], { http2: true });
    const answers = [answerOf(pick()), answerOf(pick())];
    await eventually(async () => held[1]);
    sessions[0]!.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM, 1);
    const [first, second] = await Promise.all(answers);
    assert.ok(first?.failure?.kind === 'protocol' || first?.failure?.kind === 'reset', first?.failure?.kind);
    assert.equal(second?.failure?.kind, 'refused-stream');
    await set.close();
  });
});

test('an upstream that goes away resets all its streams', async () => {
  const held: ServerHttp2Stream[] = [];
  await listening(
    serverOf((stream) => void held.push(stream)),
    async ({ target, sockets }) => {
      const { set, cluster, pick } = oneCluster([target], { http2: true });
      const answers = [answerOf(pick()), answerOf(pick())];
      await eventually(async () => held[1]);
      for (const socket of sockets) socket.destroy();
      for (const { failure } of await Promise.all(answers)) assert.equal(failure?.kind, 'reset', failure?.reason);
      assert.equal(cluster.stats.get('upstream_cx_destroy_with_active_rq'), 1);
      await set.close();
    },
  );
});

test('an upstream that speaks HTTP/1.1 is a failure of kind protocol', async () => {
  await httpServer(
    (_request, response) => response.end(),
    async ({ target }) => {
      const { set, pick } = oneCluster([target], { http2: true });
      const { failure } = await answerOf(pick());
      assert.equal(failure?.kind, 'protocol', failure?.reason);
      await set.close();
    },
  );
});

test('an upstream that closes without a word is a reset', async () => {
  await rawServer(
    (socket) => socket.destroy(),
    async ({ target }) => {
      const { set, pick } = oneCluster([target], { http2: true });
      const { failure } = await answerOf(pick());
      assert.equal(failure?.kind, 'reset', failure?.reason);
      await set.close();
    },
  );
});

test('cancelling resets the stream and leaves the connection', async () => {
  const held: ServerHttp2Stream[] = [];
  await listening(
    serverOf((stream) => void held.push(stream)),
    async ({ target, accepted }) => {
      const { set, pick } = oneCluster([target], { http2: true });
      const call = pick().send(requestOf(), unheard);
      const stream = await eventually(async () => held[0]);
      call.cancel();
      await eventually(async () => (stream.closed ? true : undefined));
      assert.equal(stream.rstCode, constants.NGHTTP2_CANCEL);
      const next = answerOf(pick());
      (await eventually(async () => held[1])).respond({ ':status': 204 }, { endStream: true });
      assert.equal((await next).status, 204);
      assert.equal(accepted(), 1);
      await set.close();
    },
  );
});

test('a reader that asks for a pause holds the upstream up, but not its other streams', async () => {
  const size = 8 * 1024 * 1024;
  let written = 0;
  const server = serverOf((stream, { ':path': path }) => {
    stream.respond({ ':status': 200 });
    if (path !== '/much') {
      stream.end('small');
      return;
    }
    const write = (): void => {
      while (written < size) {
        written += 65_536;
        if (!stream.write(Buffer.alloc(65_536))) return void stream.once('drain', write);
      }
      stream.end();
    };
    write();
  });
  await listening(server, async ({ target }) => {
    const { set, pick } = oneCluster([target], { http2: true });
    let received = 0;
    let isPaused = true;
    let call: UpstreamCall | undefined;
    const ended = new Promise<void>((resolve, reject) => {
      call = pick().send(requestOf({ path: '/much' }), {
        onHead: () => undefined,
        onData: (chunk) => {
          received += chunk.length;
          return !isPaused;
        },
        onEnd: () => resolve(),
        onFailure: ({ reason }) => reject(new Error(reason)),
      });
    });
    let before = -1;
    await eventually(async () => {
      if (written > 0 && written === before) return true;
      before = written;
      return undefined;
    });
    assert.ok(written < size, `${written} written`);
    assert.equal((await answerOf(pick())).body, 'small');
    isPaused = false;
    call?.resume();
    await ended;
    assert.equal(received, size);
    await set.close();
  });
});

test('a body that breaks off resets the stream', async () => {
  const held: ServerHttp2Stream[] = [];
  await listening(
    serverOf((stream) => void held.push(stream.resume())),
    async ({ target }) => {
      const { set, pick } = oneCluster([target], { http2: true });
      const body = new PassThrough();
      body.write('some');
      const answer = answerOf(pick(), requestOf({ method: 'POST' }, body));
      const stream = await eventually(async () => held[0]);
      body.destroy();
      assert.equal((await answer).failure?.kind, 'reset');
      await eventually(async () => (stream.closed ? true : undefined));
      await set.close();
    },
  );
});

test('an answer before the end of the body ends the request, and its stream is left to the owner', async () => {
  const server = serverOf((stream) => stream.respond({ ':status': 413 }, { endStream: true }));
  await listening(server, async ({ target }) => {
    const { set, pick } = oneCluster([target], { http2: true });
    const body = new PassThrough();
    body.write('some');
    const { status, failure } = await answerOf(pick(), requestOf({ method: 'POST' }, body));
    assert.deepEqual([status, failure], [413, undefined]);
    await eventually(async () => (body.isPaused() ? true : undefined));
    assert.equal(body.destroyed, false);
    await set.close();
  });
});

test('with a limit of requests a connection takes so many', async () => {
  await listening(
    serverOf((stream) => stream.respond({ ':status': 200 }, { endStream: true })),
    async ({ target, accepted }) => {
      const { set, pick } = oneCluster([target], { http2: true, limits: { maxRequestsPerConnection: 2 } });
      for (let count = 0; count < 4; count++) assert.equal((await answerOf(pick())).status, 200);
      assert.equal(accepted(), 2);
      await set.close();
    },
  );
});

test('connections that nobody uses close after the idle timeout', async () => {
  await listening(
    serverOf((stream) => stream.respond({ ':status': 200 }, { endStream: true })),
    async ({ target, sockets }) => {
      const { set, pick } = oneCluster([target], { http2: true, idleTimeout: { seconds: 0n, nanos: 50_000_000 } });
      await answerOf(pick());
      await eventually(async () => (sockets.size === 0 ? true : undefined));
      await set.close();
    },
  );
});

test('closing lets streams end', async () => {
  const held: ServerHttp2Stream[] = [];
  await listening(
    serverOf((stream) => void held.push(stream)),
    async ({ target }) => {
      const { set, cluster, pick } = oneCluster([target], { http2: true });
      const answer = answerOf(pick());
      await eventually(async () => held[0]);
      const closed = set.close();
      held[0]!.respond({ ':status': 200 });
      held[0]!.end('late');
      assert.equal((await answer).body, 'late');
      await closed;
      assert.equal(cluster.stats.get('upstream_cx_active'), 0);
    },
  );
});

/** The head of an answer in frames that belong together, with so many headers of 3,000 bytes. */
function largeHead(count: number): Buffer {
  const value = Buffer.alloc(3000, 'a');
  const literal = (index: number): Buffer =>
    Buffer.concat([Buffer.from([0, 3]), Buffer.from(`x${10 + index}`), Buffer.from([0x7f, 0xb9, 0x16]), value]);
  const block = Buffer.concat([Buffer.from([0x88]), ...Array.from({ length: count }, (_, index) => literal(index))]);
  const parts: Buffer[] = [];
  for (let at = 0; at < block.length; at += 16_384) {
    const isLast = at + 16_384 >= block.length;
    // END_STREAM with the first, END_HEADERS with the last.
    const flags = (at === 0 ? 1 : 0) | (isLast ? 4 : 0);
    parts.push(frame(at === 0 ? frames.HEADERS : frames.CONTINUATION, flags, 1, block.subarray(at, at + 16_384)));
  }
  return Buffer.concat(parts);
}

for (const [count, kind] of [
  [10, undefined],
  [30, 'protocol'],
] as const) {
  test(`a head of ${count * 3} kB is ${kind === undefined ? 'taken' : 'too large'}`, async () => {
    const server = createTcpServer((socket) => {
      socket.write(frame(frames.SETTINGS, 0, 0));
      socket.once('data', () => socket.write(largeHead(count)));
    });
    await listening(server, async ({ target }) => {
      const { set, pick } = oneCluster([target], { http2: true });
      const { status, failure } = await answerOf(pick());
      assert.equal(failure?.kind, kind, failure?.reason);
      assert.equal(status, kind === undefined ? 200 : undefined);
      await set.close();
    });
  });
}
