import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { test } from 'node:test';
import { Headers } from '../../../../src/proxy/http/headers.js';
import type { UpstreamCall, UpstreamEndpoint, UpstreamHandler } from '../../../../src/proxy/upstream/types.js';
import { eventually } from '../../../support/peer.js';
import { type Answer, answerOf, oneCluster, rawServer, requestOf, unheard } from '../fixture.js';

const until = (isSo: () => boolean): Promise<unknown> => eventually(() => Promise.resolve(isSo() ? true : undefined));
const empty = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';

/** Asks an upstream that answers the first request with these bytes, then once more; tells whether one connection did. */
async function twice(text: string, method = 'GET'): Promise<readonly [first: Answer, isReused: boolean]> {
  return rawServer(
    (socket, count) => socket.write(count === 0 ? text : empty, 'latin1'),
    async ({ target, accepted }) => {
      const { set, pick } = oneCluster([target]);
      const first = await answerOf(pick(), requestOf({ method }));
      await answerOf(pick());
      await set.close();
      return [first, accepted() === 1] as const;
    },
  );
}

test('a connection takes another request only if everything says so', async () => {
  const length = 'Content-Length: 0\r\n\r\n';
  const cases: readonly [text: string, isReused: boolean, method?: string][] = [
    [`HTTP/1.1 200 OK\r\n${length}`, true],
    [`HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\n`, true],
    [`HTTP/1.1 304 No\r\nTransfer-Encoding: chunked\r\n\r\n`, true],
    [`HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n`, true, 'HEAD'],
    [`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, true],
    [`HTTP/1.1 100 Go on\r\n\r\nHTTP/1.1 103 Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\n${length}`, true],
    [`HTTP/1.1 200 OK\r\nConnection: x, CLOSE\r\n${length}`, false],
    [`HTTP/1.0 200 OK\r\n${length}`, false],
    [`HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n${length}`, true],
    [`HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, false],
    [`HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1, max=5\r\n${length}`, true],
    [`HTTP/1.1 200 OK\r\n${length}x`, false],
    [`HTTP/1.1 200 OK\r\n${length}\r\n`, false],
    [`HTTP/1.1 204 No\r\n\r\nbody`, false],
    [`HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde`, false, 'HEAD'],
    [`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n0\r\n\r\n`, false],
  ];
  for (const [text, isReused, method] of cases) {
    const [first, wasReused] = await twice(text, method);
    assert.deepEqual([first.failure, wasReused], [undefined, isReused], text);
  }
});

test('an answer that came before its request is never taken for its own', async () => {
  const stolen = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nstolen';
  for (const own of [empty, 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx']) {
    await rawServer(
      (socket, count) => socket.write(count === 0 ? own + stolen : empty),
      async ({ target }) => {
        const { set, pick } = oneCluster([target]);
        // The next request is on its way before the bytes of the first answer have been looked at.
        const second = await new Promise<Answer>((resolve, reject) => {
          pick().send(requestOf(), {
            onHead: () => undefined,
            onData: () => true,
            onEnd: () => resolve(answerOf(pick())),
            onFailure: ({ reason }) => reject(new Error(reason)),
          });
        });
        assert.deepEqual([second.body, second.failure], ['', undefined]);
        await set.close();
      },
    );
  }
});

test('a request without an authority has an empty host', async () => {
  const heads: string[] = [];
  await rawServer(
    (socket) => socket.write(empty),
    async ({ target, sockets }) => {
      const { set, pick } = oneCluster([target]);
      const first = answerOf(pick(), requestOf({ authority: '' }));
      await until(() => sockets.size > 0);
      for (const socket of sockets) socket.on('data', (chunk: Buffer) => heads.push(chunk.toString()));
      await first;
      await answerOf(pick(), requestOf({ authority: '', path: '/b c' }));
      assert.match(heads.join(''), /^GET \/b%20c HTTP\/1.1\r\nhost: \r\n\r\n$/m);
      await set.close();
    },
  );
});

test('an answer that comes while the body is being sent ends the request, and its connection', async () => {
  await rawServer(
    (socket, count) => socket.write(count === 0 ? 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok' : empty),
    async ({ target, accepted }) => {
      const { set, pick } = oneCluster([target]);
      const body = new PassThrough();
      body.write('begun');
      const answer = await answerOf(pick(), requestOf({ method: 'POST' }, body));
      assert.deepEqual([answer.status, answer.body, answer.failure], [200, 'ok', undefined]);
      assert.equal(body.destroyed, false);
      assert.equal(body.listenerCount('data'), 0);
      await answerOf(pick());
      assert.equal(accepted(), 2);
      await set.close();
    },
  );
});

test('an answer that begins early and ends after the body leaves the connection to others', async () => {
  await rawServer(
    (socket, count) => {
      // The end of the chunks looks like that of a head.
      if (count === 0) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no');
      else if (count === 1) setImmediate(() => socket.write('k'));
      else socket.write(empty);
    },
    async ({ target, accepted }) => {
      const { set, pick } = oneCluster([target]);
      const body = new PassThrough();
      body.write('begun');
      const answer = answerOf(pick(), requestOf({ method: 'POST' }, body));
      setImmediate(() => body.end('done'));
      assert.equal((await answer).body, 'ok');
      await answerOf(pick());
      assert.equal(accepted(), 1);
      await set.close();
    },
  );
});

test('a body that is not as long as it says breaks its request off, and no byte too many is sent', async () => {
  let heard = '';
  await rawServer(
    (socket) => void socket.on('data', (chunk) => (heard += chunk.toString())),
    async ({ target, sockets }) => {
      const { set, cluster, pick } = oneCluster([target]);
      for (const [body, length] of [
        [Readable.from([Buffer.from('abc')]), '4'],
        [Readable.from([Buffer.from('ab'), Buffer.from('cSMUGGLED')]), '3'],
      ] as const) {
        const headers = new Headers(['content-length', length]);
        const { failure } = await answerOf(pick(), requestOf({ method: 'POST', headers }, body));
        assert.equal(failure?.kind, 'reset', failure?.reason);
      }
      await until(() => sockets.size === 0);
      assert.doesNotMatch(heard, /SMUGGLED/);
      assert.equal(cluster.stats.get('upstream_rq_active'), 0);
      await set.close();
    },
  );
});

test('cancelling at any time closes the connection, and the next request has another', async () => {
  const half = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab';
  const phases: Record<string, (endpoint: UpstreamEndpoint, sockets: Set<Socket>) => Promise<void>> = {
    'before the answer': async (endpoint, sockets) => {
      const call = endpoint.send(requestOf({ path: '/hang' }), unheard);
      await until(() => sockets.size > 0);
      call.cancel();
    },
    'in its head': (endpoint) => cancelIn(endpoint, 'onHead'),
    'in its body': (endpoint) => cancelIn(endpoint, 'onData'),
    'at its end': (endpoint) => cancelIn(endpoint, 'onEnd'),
    'while its own body is sent': async (endpoint, sockets) => {
      const body = new PassThrough();
      body.write('abc');
      const call = endpoint.send(requestOf({ method: 'POST', path: '/hang' }, body), unheard);
      await until(() => sockets.size > 0);
      call.cancel();
      assert.equal(body.destroyed, false);
      assert.equal(body.listenerCount('data'), 0);
    },
  };
  for (const [phase, run] of Object.entries(phases)) {
    let first = true;
    await rawServer(
      (socket) => {
        if (!first) return void socket.write(empty);
        first = false;
        if (phase === 'at its end') socket.write(`${half}cde`);
        else if (phase.startsWith('in ')) socket.write(half);
        return undefined;
      },
      async ({ target, sockets, accepted }) => {
        const { set, cluster, pick } = oneCluster([target]);
        await run(pick(), sockets);
        if (phase !== 'at its end') await until(() => sockets.size === 0);
        first = false;
        assert.equal((await answerOf(pick())).status, 200, phase);
        assert.equal(accepted(), phase === 'at its end' ? 1 : 2, phase);
        assert.equal(cluster.stats.get('upstream_rq_active'), 0, phase);
        await set.close();
      },
    );
  }
});

/** Cancels within one of the handler's calls, which is then the last. */
function cancelIn(endpoint: UpstreamEndpoint, name: 'onHead' | 'onData' | 'onEnd'): Promise<void> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    const at = (here: string): void => {
      if (isOver) reject(new Error(`${here} after the end`));
      if (here !== name) return;
      isOver = true;
      call.cancel();
      setImmediate(resolve);
    };
    const handler: UpstreamHandler = {
      onHead: () => at('onHead'),
      onData: () => {
        at('onData');
        return true;
      },
      onEnd: () => at('onEnd'),
      onFailure: () => at('onFailure'),
    };
    const call: UpstreamCall = endpoint.send(requestOf(), handler);
  });
}

test('a connection that was paused at the end of an answer reads the next one', async () => {
  await rawServer(
    (socket, count) => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${count}`),
    async ({ target, accepted }) => {
      const { set, pick } = oneCluster([target]);
      for (let count = 0; count < 3; count++) {
        const body = await new Promise<string>((resolve, reject) => {
          let text = '';
          pick().send(requestOf(), {
            onHead: () => undefined,
            onData: (chunk) => {
              text += chunk.toString();
              return false;
            },
            onEnd: () => resolve(text),
            onFailure: ({ reason }) => reject(new Error(reason)),
          });
        });
        assert.equal(body, String(count));
      }
      assert.equal(accepted(), 1);
      await set.close();
    },
  );
});

test('an idle connection closes before the upstream would close it, or when it is told anything', async () => {
  await rawServer(
    (socket, count) => {
      const told = count === 0 ? 'Keep-Alive: timeout=1\r\n' : '';
      socket.write(`HTTP/1.1 200 OK\r\n${told}Content-Length: 0\r\n\r\n`);
    },
    async ({ target, sockets, accepted }) => {
      const { set, pick } = oneCluster([target]);
      await answerOf(pick());
      await until(() => sockets.size === 0);
      await answerOf(pick());
      const [socket] = sockets;
      socket!.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nstolen');
      await once(socket!, 'close');
      assert.equal((await answerOf(pick())).body, '');
      assert.equal(accepted(), 3);
      await set.close();
    },
  );
});

test('connections that are used again and again gather no listeners', async () => {
  await rawServer(
    (socket) => socket.write(empty),
    async ({ target, accepted }) => {
      const { set, pick } = oneCluster([target]);
      const warnings: Error[] = [];
      const warn = (warning: Error): number => warnings.push(warning);
      process.on('warning', warn);
      for (let count = 0; count < 50; count++) {
        const body = count % 2 === 0 ? undefined : Readable.from([Buffer.from('a')]);
        await answerOf(pick(), requestOf({ method: 'POST' }, body));
      }
      process.off('warning', warn);
      assert.deepEqual(warnings, []);
      assert.ok(accepted() <= 50);
      await set.close();
    },
  );
});
