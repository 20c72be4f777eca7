import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { UpstreamError } from '../../../src/proxy/upstream/upstream-error.js';
import { eventually } from '../../support/peer.js';
import { tempFolder } from '../../support/temp-folder.js';
import { answerOf, clusterOf, httpServer, listening, manualEnv, oneCluster, realEnv } from './fixture.js';
import { createClusterSet } from '../../../src/proxy/upstream/cluster-set.js';
import { Cluster_Discovery } from '../../../src/gen/fairlead/proxy/v1/cluster.js';

const never = new AbortController().signal;

const echo = () => createServer((socket) => void socket.pipe(socket));
/** Accepts and says nothing, so that TLS never comes about. */
const silent = () => createServer(() => undefined);

test('a connection of its own goes both ways and is counted while it is there', async () => {
  await listening(echo(), async ({ target }) => {
    const { set, cluster, pick } = oneCluster([target]);
    const socket = await pick().connect(never);
    assert.equal(cluster.stats.get('upstream_cx_active'), 1);
    socket.write('hello');
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    assert.equal(chunk.toString(), 'hello');
    socket.end();
    await once(socket, 'close');
    assert.equal(cluster.stats.get('upstream_cx_active'), 0);
    assert.equal(cluster.stats.get('upstream_cx_destroy'), 1);
    assert.equal(cluster.stats.get('upstream_cx_rx_bytes_total'), 5);
    assert.equal(cluster.stats.get('upstream_cx_tx_bytes_total'), 5);
    await set.close();
  });
});

test('beyond the limit of connections there is none', async () => {
  await listening(echo(), async ({ target }) => {
    const { set, cluster, pick } = oneCluster([target], { limits: { maxConnections: 1 } });
    const socket = await pick().connect(never);
    await assert.rejects(pick().connect(never), (error) => error instanceof UpstreamError && error.kind === 'overflow');
    assert.equal(cluster.stats.get('upstream_cx_overflow'), 1);
    socket.destroy();
    await once(socket, 'close');
    (await pick().connect(never)).destroy();
    await set.close();
  });
});

test('a connection that takes too long, its TLS included, is a connect failure', async () => {
  await listening(silent(), async ({ target }) => {
    const env = manualEnv();
    const tls = {};
    const { set, cluster, pick } = oneCluster([target], { tls, connectTimeout: { seconds: 3n, nanos: 0 } }, env);
    const connected = assert.rejects(pick().connect(never), { kind: 'connect-failure', reason: 'connect timeout' });
    const answer = answerOf(pick());
    await env.time.advance(2999);
    assert.equal(cluster.stats.get('upstream_cx_connect_timeout'), 0);
    await env.time.advance(1);
    await connected;
    assert.deepEqual((await answer).failure?.reason, 'connect timeout');
    assert.equal(cluster.stats.get('upstream_cx_connect_timeout'), 2);
    assert.equal(cluster.stats.get('upstream_cx_active'), 0);
    await set.close();
  });
});

test('the caller can stop waiting for a connection', async () => {
  await listening(silent(), async ({ target, sockets }) => {
    const { set, cluster, pick } = oneCluster([target], { tls: {} });
    const stop = new AbortController();
    const connected = pick().connect(stop.signal);
    await eventually(async () => (sockets.size === 1 ? true : undefined));
    stop.abort();
    await assert.rejects(connected, { kind: 'connect-failure', reason: 'cancelled' });
    await assert.rejects(pick().connect(stop.signal), { kind: 'connect-failure' });
    assert.equal(cluster.stats.get('upstream_cx_active'), 0);
    await set.close();
  });
});

test('nobody listening is a connect failure', async () => {
  const target = await listening(echo(), async (at) => at.target);
  const { set, pick } = oneCluster([target]);
  await assert.rejects(pick().connect(never), { kind: 'connect-failure', reason: 'ECONNREFUSED' });
  await set.close();
});

test('unix sockets are endpoints', async () => {
  const path = join(tempFolder(), 'app.sock');
  const server = createHttpServer((request, response) => response.end(request.headers.host));
  server.listen(path);
  await once(server, 'listening');
  try {
    const { set, pick } = oneCluster([`unix://${path}`]);
    assert.equal(pick().name, path);
    assert.equal((await answerOf(pick())).body, 'reviews:80');
    const socket = await pick().connect(never);
    socket.destroy();
    await set.close();
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

const wanted = (host: string, target: string) => ({
  destination: { host, port: Number(target.slice(target.lastIndexOf(':') + 1)) },
});

test('clusters for the original destination go there, by name too, and need to know it', async () => {
  await httpServer(
    (_request, response) => response.end('here'),
    async ({ target }) => {
      const asked: string[] = [];
      const resolveDns = async (name: string): Promise<readonly string[]> => {
        asked.push(name);
        // Nobody listens on the first.
        return name === 'app.test' ? ['127.0.0.2', '127.0.0.1'] : [];
      };
      const message = clusterOf({ discovery: Cluster_Discovery.ORIGINAL_DESTINATION });
      const set = createClusterSet({ clusters: [message], endpoints: [], env: { ...realEnv, resolveDns } });
      const cluster = set.get(message.name)!;
      assert.equal(cluster.pick({}), undefined);
      const byAddress = cluster.pick(wanted('127.0.0.1', target))!;
      assert.equal(byAddress.name, target);
      assert.equal(cluster.pick(wanted('127.0.0.1', target)), byAddress);
      assert.equal((await answerOf(byAddress)).body, 'here');
      const byName = cluster.pick(wanted('app.test', target))!;
      assert.equal((await answerOf(byName)).body, 'here');
      assert.deepEqual(asked, ['app.test']);
      const unknown = cluster.pick(wanted('nobody.test', target))!;
      assert.equal((await answerOf(unknown)).failure?.reason, 'ENOTFOUND');
      assert.equal(cluster.endpoints.length, 3);
      await set.close();
    },
  );
});

test('an original destination that nobody wants is dropped', async () => {
  const env = manualEnv();
  const message = clusterOf({ discovery: Cluster_Discovery.ORIGINAL_DESTINATION });
  const set = createClusterSet({ clusters: [message], endpoints: [], env });
  const cluster = set.get(message.name)!;
  const first = cluster.pick(wanted('10.0.0.1', ':80'));
  await env.time.advance(5000);
  assert.equal(cluster.pick(wanted('10.0.0.1', ':80')), first);
  await env.time.advance(5000);
  assert.equal(cluster.endpoints.length, 1);
  await env.time.advance(5000);
  assert.equal(cluster.endpoints.length, 0);
  assert.notEqual(cluster.pick(wanted('10.0.0.1', ':80')), first);
  await set.close();
  assert.equal((env.schedule as unknown as { pending: number }).pending, 0);
});
