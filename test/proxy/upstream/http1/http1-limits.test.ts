import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { eventually } from '../../../support/peer.js';
import { answerOf, httpServer, oneCluster, requestOf } from '../fixture.js';

test('with a limit of requests a connection is closed after so many', async () => {
  const connections: string[] = [];
  await httpServer(
    (request, response) => {
      connections.push(request.headers.connection ?? '');
      response.end();
    },
    async ({ target, accepted }) => {
      const { set, cluster, pick } = oneCluster([target], { limits: { maxRequestsPerConnection: 2 } });
      for (let count = 0; count < 4; count++) await answerOf(pick());
      assert.equal(accepted(), 2);
      assert.deepEqual(connections, ['', 'close', '', 'close']);
      assert.equal(cluster.stats.get('upstream_cx_max_requests'), 2);
      await set.close();
    },
  );
});

test('with a limit of connections requests wait for one, and beyond the limit of those that wait they fail', async () => {
  const held: ServerResponse[] = [];
  await httpServer(
    (_request, response) => void held.push(response),
    async ({ target, accepted }) => {
      const { set, cluster, pick } = oneCluster([target], { limits: { maxConnections: 1, maxPendingRequests: 1 } });
      const first = answerOf(pick());
      await eventually(async () => held[0]);
      const second = answerOf(pick());
      const third = await answerOf(pick());
      assert.deepEqual(third.failure, { kind: 'overflow', reason: 'pending requests' });
      assert.equal(cluster.stats.get('upstream_rq_pending_overflow'), 1);
      assert.equal(cluster.stats.get('upstream_cx_overflow'), 1);
      assert.equal(cluster.stats.get('circuit_breakers.default.rq_pending_open'), 1);
      assert.equal(cluster.stats.get('circuit_breakers.default.cx_open'), 1);
      held[0]!.end('1');
      assert.equal((await first).body, '1');
      (await eventually(async () => held[1])).end('2');
      assert.equal((await second).body, '2');
      assert.equal(accepted(), 1);
      await set.close();
    },
  );
});

test('a connection that the upstream has closed is not used again', async () => {
  await httpServer(
    (_request, response) => response.end(),
    async ({ target, sockets, accepted }) => {
      const { set, pick } = oneCluster([target]);
      await answerOf(pick());
      const [socket] = sockets;
      const closed = once(socket!, 'close');
      socket!.end();
      await closed;
      const { failure, status } = await answerOf(pick());
      assert.deepEqual([status, failure], [200, undefined]);
      assert.equal(accepted(), 2);
      await set.close();
    },
  );
});

test('connections that nobody uses close after the idle timeout', async () => {
  await httpServer(
    (_request, response) => response.end(),
    async ({ target, sockets }) => {
      const { set, pick } = oneCluster([target], { idleTimeout: { seconds: 0n, nanos: 50_000_000 } });
      await answerOf(pick());
      await eventually(async () => (sockets.size === 0 ? true : undefined));
      await set.close();
    },
  );
});

test('closing lets requests end that are under way, those that wait among them', async () => {
  const held: ServerResponse[] = [];
  await httpServer(
    (_request, response) => void held.push(response),
    async ({ target }) => {
      const { set, cluster, pick } = oneCluster([target], { limits: { maxConnections: 1 } });
      const endpoint = pick();
      const answers = [answerOf(endpoint), answerOf(endpoint)];
      await eventually(async () => held[0]);
      const closed = set.close();
      held[0]!.end('1');
      (await eventually(async () => held[1])).end('2');
      assert.deepEqual(
        (await Promise.all(answers)).map(({ body }) => body),
        ['1', '2'],
      );
      await closed;
      assert.equal(cluster.stats.get('upstream_cx_active'), 0);
      const late = answerOf(endpoint);
      (await eventually(async () => held[2])).end('3');
      assert.equal((await late).body, '3');
      await eventually(async () => (cluster.stats.get('upstream_cx_active') === 0 ? true : undefined));
    },
  );
});

test('while it closes, connections go that no request waits for, and requests with streams go out all the same', async () => {
  const held: ServerResponse[] = [];
  await httpServer(
    (_request, response) => void held.push(response),
    async ({ target, sockets }) => {
      const { set, pick } = oneCluster([target], { limits: { maxConnections: 2 } });
      const endpoint = pick();
      const answers = [1, 2, 3].map(() => answerOf(endpoint));
      await eventually(async () => held[1]);
      const closed = set.close();
      const body = Readable.from([Buffer.from('late')]);
      const late = answerOf(endpoint, requestOf({ method: 'POST' }, body));
      held[0]!.end();
      held[1]!.end();
      (await eventually(async () => held[2])).end();
      (await eventually(async () => held[3])).end();
      for (const { status } of await Promise.all([...answers, late])) assert.equal(status, 200);
      await closed;
      await eventually(async () => (sockets.size === 0 ? true : undefined));
    },
  );
});
