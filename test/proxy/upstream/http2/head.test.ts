import assert from 'node:assert/strict';
import { createServer } from 'node:http2';
import { test } from 'node:test';
import { Headers } from '../../../../src/proxy/http/headers.js';
import { answerOf, listening, oneCluster, requestOf } from '../fixture.js';

test('headers that may come once only are joined, and a head that cannot be sent is a failure of kind protocol', async () => {
  const types: unknown[] = [];
  const server = createServer();
  server.on('stream', (stream, headers) => {
    types.push(headers['content-type']);
    stream.respond({ ':status': 200 }, { endStream: true });
  });
  await listening(server, async ({ target }) => {
    const { set, cluster, pick } = oneCluster([target], { http2: true });
    assert.equal((await answerOf(pick(), requestOf({ method: 'CONNECT' }))).failure?.kind, 'protocol');
    const twice = requestOf({ headers: new Headers(['content-type', 'a', 'connection', 'b', 'content-type', 'c']) });
    assert.equal((await answerOf(pick(), twice)).status, 200);
    assert.deepEqual(types, ['a, c']);
    assert.equal(cluster.stats.get('upstream_rq_active'), 0);
    await set.close();
  });
});
