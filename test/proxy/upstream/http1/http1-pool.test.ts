import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { PassThrough, Readable } from 'node:stream';
import { test } from 'node:test';
import { Headers } from '../../../../src/proxy/http/headers.js';
import type { UpstreamCall } from '../../../../src/proxy/upstream/types.js';
import { eventually } from '../../../support/peer.js';
import { answerOf, httpServer, oneCluster, rawServer, requestOf, unheard } from '../fixture.js';

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

test('a request goes out as it is, with the authority as host', async () => {
  await httpServer(
    (request, response) => {
      response.setHeader('X-Seen', `${request.method} ${request.url} ${request.rawHeaders.join('|')}`);
      response.end('hello');
    },
    async ({ target }) => {
      const { set, pick } = oneCluster([target]);
      const headers = new Headers(['x-a', '1', 'x-a', '2', 'connection', 'close', 'te', 'trailers', 'cookie', 'a=b']);
      const answer = await answerOf(pick(), requestOf({ path: '/a?b=c', headers }));
      assert.equal(answer.status, 200);
      assert.equal(answer.body, 'hello');
      assert.equal(answer.headers.get('x-seen'), 'GET /a?b=c host|reviews:80|x-a|1|x-a|2|cookie|a=b');
      assert.equal(answer.headers.get('content-length'), '5');
      assert.equal(answer.headers.get('connection'), undefined);
      await set.close();
    },
  );
});

test('names of the answer are lower case, and headers of the connection are left out', async () => {
  await rawServer(
    (socket) =>
      socket.write(
        'HTTP/1.1 200 OK\r\nSet-Cookie: a\r\nSET-COOKIE: b\r\nConnection: x-hop, keep-alive\r\nX-Hop: 1\r\nKeep-Alive: timeout=9\r\nContent-Length: 0\r\nX-Umlaut: \xe4\r\n\r\n',
        'latin1',
      ),
    async ({ target }) => {
      const { set, pick } = oneCluster([target]);
      const { headers } = await answerOf(pick());
      assert.deepEqual(headers.raw, ['set-cookie', 'a', 'set-cookie', 'b', 'content-length', '0', 'x-umlaut', '\xe4']);
      await set.close();
    },
  );
});

test('bodies go out with their length, or in chunks', async () => {
  await httpServer(
    (request, response) =>
      void bodyOf(request).then((body) => {
        const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
        response.end(`${length ?? '-'} ${encoding ?? '-'} ${body}`);
      }),
    async ({ target }) => {
      const { set, pick } = oneCluster([target]);
      const send = async (method: string, raw: string[], body?: Readable | Buffer): Promise<string> =>
        (await answerOf(pick(), requestOf({ method, headers: new Headers(raw) }, body))).body;
      assert.equal(await send('POST', ['content-length', '9'], Buffer.from('abc')), '3 - abc');
      assert.equal(await send('POST', ['content-length', '3'], Readable.from([Buffer.from('abc')])), '3 - abc');
      assert.equal(await send('PUT', [], Readable.from([Buffer.from('ab'), Buffer.from('c')])), '- chunked abc');
      assert.equal(await send('GET', [], Readable.from([Buffer.from('abc')])), '- chunked abc');
      assert.equal(await send('POST', ['content-length', '3'], undefined), '0 - ');
      assert.equal(await send('DELETE', ['content-length', '0'], undefined), '0 - ');
      assert.equal(await send('DELETE', [], undefined), '- - ');
      await set.close();
    },
  );
});

test('one connection serves requests one after the other, HEAD among them', async () => {
  await httpServer(
    (_request, response) => response.end('x'),
    async ({ target, accepted }) => {
      const { set, cluster, pick } = oneCluster([target]);
      for (const method of ['GET', 'HEAD', 'POST', 'GET', 'OPTIONS']) {
        const answer = await answerOf(pick(), requestOf({ method, path: method === 'OPTIONS' ? '*' : '/' }));
        assert.equal(answer.status, 200, method);
      }
      assert.equal(accepted(), 1);
      assert.equal(cluster.stats.get('upstream_cx_total'), 1);
      assert.equal(cluster.stats.get('upstream_rq_total'), 5);
      assert.equal(cluster.stats.get('upstream_rq_2xx'), 5);
      assert.equal(cluster.stats.get('upstream_rq_active'), 0);
      await set.close();
      await eventually(async () => (cluster.stats.get('upstream_cx_active') === 0 ? true : undefined));
    },
  );
});

test('trailers of the answer arrive', async () => {
  await httpServer(
    (_request, response) => {
      response.writeHead(200, { trailer: 'x-sum' });
      response.write('abc');
      response.addTrailers({ 'X-Sum': '3' });
      response.end();
    },
    async ({ target }) => {
      const { set, pick } = oneCluster([target]);
      const { trailers, body } = await answerOf(pick());
      assert.equal(body, 'abc');
      assert.deepEqual(trailers?.raw, ['x-sum', '3']);
      await set.close();
    },
  );
});

test('answers before the last one are left out', async () => {
  await httpServer(
    (_request, response) => {
      response.writeEarlyHints({ link: '</a>; rel=preload' });
      response.writeProcessing();
      response.end('done');
    },
    async ({ target }) => {
      const { set, pick } = oneCluster([target]);
      const { status, body } = await answerOf(pick());
      assert.deepEqual([status, body], [200, 'done']);
      await set.close();
    },
  );
});

test('an upstream that nobody listens on is a connect failure', async () => {
  const target = await httpServer(
    (_request, response) => response.end(),
    async (at) => at.target,
  );
  const { set, cluster, pick } = oneCluster([target]);
  const { failure } = await answerOf(pick());
  assert.deepEqual(failure && { kind: failure.kind, reason: failure.reason }, {
    kind: 'connect-failure',
    reason: 'ECONNREFUSED',
  });
  assert.equal(cluster.stats.get('upstream_cx_connect_fail'), 1);
  assert.equal(cluster.stats.get('upstream_cx_active'), 0);
  await set.close();
});

const failures: readonly (readonly [string, string | undefined, string, RegExp])[] = [
  ['says 100 and nothing else', 'HTTP/1.1 100 Continue\r\n\r\n', 'reset', /closed/],
  ['closes without a word', undefined, 'reset', /other side closed|ECONNRESET/],
  ['closes in the head', 'HTTP/1.1 200 OK\r\nContent-', 'reset', /closed/],
  ['says garbage', 'SSH-2.0-OpenSSH\r\n\r\n', 'protocol', /HTTP.1.1 protocol/],
  ['gives two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 'protocol', /./],
  [
    'gives a length and chunks',
    'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n',
    'protocol',
    /./,
  ],
  ['breaks its chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 'protocol', /HTTP.1.1 protocol/],
  ['ends within a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab', 'reset', /closed/],
  ['sends less than it says', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc', 'reset', /closed/],
  ['has a head without end', `HTTP/1.1 200 OK\r\nx-a: ${'a'.repeat(70_000)}\r\n\r\n`, 'protocol', /[Hh]eader/],
  [
    'switches protocols unasked',
    'HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
    'protocol',
    /./,
  ],
];
for (const [what, text, kind, reason] of failures) {
  test(`an upstream that ${what} is a failure of kind ${kind}`, async () => {
    await rawServer(
      (socket) => {
        if (text === undefined) socket.end();
        else socket.end(text, 'latin1');
      },
      async ({ target }) => {
        const { set, cluster, pick } = oneCluster([target]);
        const { failure } = await answerOf(pick());
        assert.equal(failure?.kind, kind, failure?.reason);
        assert.match(failure.reason, reason);
        assert.equal(cluster.stats.get('upstream_rq_active'), 0);
        await set.close();
      },
    );
  });
}

test('what an upstream sends beyond its answer never reaches the next request', async () => {
  await rawServer(
    (socket, count) => {
      const more = count === 0 ? 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nstolen'.slice(0, -1) : '';
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${count}${more}`);
    },
    async ({ target }) => {
      const { set, pick } = oneCluster([target]);
      assert.equal((await answerOf(pick())).body, '0');
      assert.equal((await answerOf(pick())).body, '1');
      await set.close();
    },
  );
});

test('a body that ends with the connection is whole', async () => {
  await rawServer(
    (socket) => socket.end('HTTP/1.0 200 OK\r\n\r\nall of it'),
    async ({ target }) => {
      const { set, pick } = oneCluster([target]);
      assert.equal((await answerOf(pick())).body, 'all of it');
      assert.equal((await answerOf(pick())).body, 'all of it');
      await set.close();
    },
  );
});

test('a reader that asks for a pause holds the upstream up', async () => {
  const size = 16 * 1024 * 1024;
  let written = 0;
  await httpServer(
    (_request, response) => {
      const chunk = Buffer.alloc(64 * 1024);
      const write = (): void => {
        while (written < size) {
          written += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', write);
        }
        response.end();
      };
      write();
    },
    async ({ target }) => {
      const { set, pick } = oneCluster([target]);
      let received = 0;
      let isPaused = true;
      let call: UpstreamCall | undefined;
      const ended = new Promise<void>((resolve, reject) => {
        call = pick().send(requestOf(), {
          onHead: () => undefined,
          onData: (chunk) => {
            received += chunk.length;
            return !isPaused;
          },
          onEnd: () => resolve(),
          onFailure: ({ reason }) => reject(new Error(reason)),
        });
      });
      // The same amount for a while: buffers of the system are full.
      let before = -1;
      await eventually(async () => {
        if (written > 0 && written === before) return true;
        before = written;
        return undefined;
      });
      assert.ok(received <= 128 * 1024, `${received} received`);
      assert.ok(written < size, `${written} written`);
      isPaused = false;
      call?.resume();
      await ended;
      assert.equal(received, size);
      await set.close();
    },
  );
});

test('an upstream that does not read holds the sender up', async () => {
  let resume = (): void => undefined;
  await httpServer(
    (request, response) => {
      request.pause();
      resume = () => void bodyOf(request).then((body) => response.end(String(body.length)));
    },
    async ({ target }) => {
      const { set, pick } = oneCluster([target]);
      const size = 16 * 1024 * 1024;
      let given = 0;
      const body = new Readable({
        read() {
          given += 64 * 1024;
          this.push(given > size ? null : Buffer.alloc(64 * 1024));
        },
      });
      const answer = answerOf(pick(), requestOf({ method: 'POST' }, body));
      let before = -1;
      await eventually(async () => {
        if (given > 0 && given === before) return true;
        before = given;
        return undefined;
      });
      assert.ok(given < size, `${given} given`);
      resume();
      assert.equal((await answer).body, String(size));
      await set.close();
    },
  );
});

test('cancelling closes the connection, and the handler hears nothing more', async () => {
  await httpServer(
    (_request, response) => void response.write('some'),
    async ({ target, sockets }) => {
      const { set, cluster, pick } = oneCluster([target]);
      const call = await new Promise<UpstreamCall>((resolve, reject) => {
        const sent: UpstreamCall = pick().send(requestOf(), {
          onHead: () => undefined,
          onData: () => {
            resolve(sent);
            return true;
          },
          onEnd: () => reject(new Error('end')),
          onFailure: () => reject(new Error('failure')),
        });
      });
      const [socket] = sockets;
      call.cancel();
      call.cancel();
      call.resume();
      await once(socket!, 'close');
      assert.equal(cluster.stats.get('upstream_rq_cancelled'), 1);
      assert.equal(cluster.stats.get('upstream_rq_active'), 0);
      await set.close();
    },
  );
});

test('a request that is cancelled before it has a connection is never sent', async () => {
  let seen = 0;
  await httpServer(
    (_request, response) => {
      seen++;
      response.end();
    },
    async ({ target }) => {
      const { set, cluster, pick } = oneCluster([target]);
      pick().send(requestOf(), unheard).cancel();
      assert.equal(cluster.stats.get('upstream_rq_pending_active'), 0);
      await answerOf(pick());
      pick().send(requestOf(), unheard).cancel();
      await answerOf(pick());
      assert.equal(seen, 2);
      await set.close();
    },
  );
});

test('a body that breaks off resets the request and leaves its stream to the owner', async () => {
  await httpServer(
    (request) => void request.resume(),
    async ({ target }) => {
      const { set, pick } = oneCluster([target]);
      const body = new PassThrough();
      body.write('some');
      const answer = answerOf(pick(), requestOf({ method: 'POST' }, body));
      setImmediate(() => body.destroy());
      assert.equal((await answer).failure?.kind, 'reset');
      await set.close();
    },
  );
});

test('an answer that does not wait for the body leaves the stream of the body alone', async () => {
  await rawServer(
    (socket) => socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n'),
    async ({ target }) => {
      const { set, pick } = oneCluster([target]);
      const body = new PassThrough();
      body.write('some');
      const { status } = await answerOf(pick(), requestOf({ method: 'POST' }, body));
      assert.equal(status, 413);
      await eventually(async () => (body.isPaused() ? true : undefined));
      assert.equal(body.destroyed, false);
      await set.close();
    },
  );
});
