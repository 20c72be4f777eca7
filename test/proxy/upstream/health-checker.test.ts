import assert from 'node:assert/strict';
import { createServer as createHttp2Server } from 'node:http2';
import type { RequestListener } from 'node:http';
import { test } from 'node:test';
import { createClusterSet } from '../../../src/proxy/upstream/cluster-set.js';
import type { UpstreamCluster } from '../../../src/proxy/upstream/types.js';
import { eventually } from '../../support/peer.js';
import { clusterOf, endpointsOf, httpServer, listening, localityOf, manualEnv } from './fixture.js';

const seconds = (count: number) => ({ seconds: BigInt(count), nanos: 0 });
const config = {
  path: '/healthz',
  interval: seconds(10),
  timeout: seconds(2),
  healthyThreshold: 2,
  unhealthyThreshold: 3,
};

interface Checked {
  readonly env: ReturnType<typeof manualEnv>;
  readonly cluster: UpstreamCluster;
  /** Lets the next check happen and waits for its outcome. */
  readonly check: () => Promise<void>;
}

async function checked(target: string, changes: object, use: (checked: Checked) => Promise<void>): Promise<void> {
  const env = manualEnv();
  const message = clusterOf({ healthCheck: config, ...changes });
  const endpoints = [endpointsOf(message, localityOf([target]))];
  const set = createClusterSet({ clusters: [message], endpoints, env });
  const cluster = set.get(message.name)!;
  const outcomes = (): number =>
    cluster.stats.get('health_check.success')! + cluster.stats.get('health_check.failure')!;
  let isFirst = true;
  const check = async (): Promise<void> => {
    const before = outcomes();
    await env.time.advance(isFirst ? 0 : 10_000);
    isFirst = false;
    await eventually(async () => (outcomes() > before ? true : undefined));
  };
  try {
    await use({ env, cluster, check });
  } finally {
    await set.close();
    assert.equal((env.schedule as unknown as { pending: number }).pending, 0, 'no timer is left');
  }
}

function served(listener: RequestListener, use: (checked: Checked) => Promise<void>): Promise<void> {
  return httpServer(listener, ({ target }) => checked(target, {}, use));
}

test('an endpoint is asked at once and then at each interval, by GET', async () => {
  const seen: string[] = [];
  const listener: RequestListener = (request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers.host}`);
    response.end();
  };
  await served(listener, async ({ cluster, check }) => {
    await check();
    await check();
    assert.deepEqual(seen, Array(2).fill(`GET /healthz ${cluster.endpoints[0]!.name}`));
    assert.equal(cluster.endpoints[0]!.isHealthy, true);
    assert.equal(cluster.stats.get('health_check.attempt'), 2);
    assert.equal(cluster.stats.get('health_check.healthy'), 1);
    assert.equal(cluster.stats.get('upstream_rq_total'), 0, 'checks are not traffic');
    assert.equal(cluster.stats.get('upstream_cx_total'), 0);
  });
});

test('thresholds decide, but for the first check', async () => {
  let status = 500;
  await served(
    (_request, response) => response.writeHead(status).end(),
    async ({ cluster, check }) => {
      const endpoint = cluster.endpoints[0]!;
      assert.equal(endpoint.isHealthy, true, 'until its first check is over');
      await check();
      assert.equal(endpoint.isHealthy, false);
      assert.equal(cluster.pick({}), undefined);
      status = 200;
      await check();
      assert.equal(endpoint.isHealthy, false);
      await check();
      assert.equal(endpoint.isHealthy, true);
      assert.equal(cluster.pick({}), endpoint);
      status = 404;
      await check();
      await check();
      assert.equal(endpoint.isHealthy, true);
      await check();
      assert.equal(endpoint.isHealthy, false);
    },
  );
});

test('503 counts at once', async () => {
  let status = 200;
  await served(
    (_request, response) => response.writeHead(status).end(),
    async ({ cluster, check }) => {
      await check();
      status = 503;
      await check();
      assert.equal(cluster.endpoints[0]!.isHealthy, false);
    },
  );
});

test('no answer within the timeout is a failure', async () => {
  let asked = 0;
  await served(
    () => {
      asked++;
    },
    async ({ env, cluster }) => {
      await env.time.advance(0);
      await eventually(async () => (asked === 1 ? true : undefined));
      await env.time.advance(1999);
      assert.equal(cluster.endpoints[0]!.isHealthy, true);
      await env.time.advance(1);
      assert.equal(cluster.endpoints[0]!.isHealthy, false);
      assert.equal(cluster.stats.get('health_check.network_failure'), 1);
    },
  );
});

test('an endpoint that cannot be reached is a failure', async () => {
  const target = await httpServer(
    (_request, response) => response.end(),
    async (at) => at.target,
  );
  await checked(target, {}, async ({ cluster, check }) => {
    await check();
    assert.equal(cluster.endpoints[0]!.isHealthy, false);
    assert.equal(cluster.stats.get('health_check.network_failure'), 1);
  });
});

test('limits of the traffic do not stop checks', async () => {
  await httpServer(
    (_request, response) => response.end(),
    ({ target }) =>
      checked(target, { limits: { maxConnections: 1, maxRequestsPerConnection: 1 } }, async ({ cluster, check }) => {
        await check();
        await check();
        assert.equal(cluster.endpoints[0]!.isHealthy, true);
      }),
  );
});

test('clusters of HTTP/2 are checked by it', async () => {
  const server = createHttp2Server();
  server.on('stream', (stream) => stream.respond({ ':status': 200 }, { endStream: true }));
  await listening(server, ({ target }) =>
    checked(target, { http2: true }, async ({ cluster, check }) => {
      await check();
      assert.equal(cluster.stats.get('health_check.success'), 1);
    }),
  );
});
