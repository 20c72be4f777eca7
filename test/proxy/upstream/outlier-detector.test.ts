import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClusterSet, type LiveClusterSet } from '../../../src/proxy/upstream/cluster-set.js';
import type { UpstreamCluster, UpstreamEndpoint } from '../../../src/proxy/upstream/types.js';
import { clusterOf, endpointsOf, localityOf, manualEnv } from './fixture.js';

interface Fixture {
  readonly env: ReturnType<typeof manualEnv>;
  readonly set: LiveClusterSet;
  readonly cluster: UpstreamCluster;
  readonly endpoints: readonly UpstreamEndpoint[];
}

const seconds = (count: number) => ({ seconds: BigInt(count), nanos: 0 });

function fixture(size: number, outlierDetection: object): Fixture {
  const env = manualEnv();
  const message = clusterOf({ outlierDetection });
  const locality = localityOf(Array.from({ length: size }, (_, index) => `10.0.0.${index + 1}:80`));
  const set = createClusterSet({ clusters: [message], endpoints: [endpointsOf(message, locality)], env });
  const cluster = set.get(message.name)!;
  return { env, set, cluster, endpoints: cluster.endpoints };
}

function fail(endpoint: UpstreamEndpoint | undefined, times: number): void {
  for (let count = 0; count < times; count++) endpoint!.record('gateway-failure');
}

test('so many failures one after the other eject an endpoint, and nobody chooses it', () => {
  const { cluster, endpoints } = fixture(2, { consecutiveErrors: 3 });
  fail(endpoints[0], 2);
  assert.equal(endpoints[0]!.isEjected, false);
  fail(endpoints[0], 1);
  assert.equal(endpoints[0]!.isEjected, true);
  for (let count = 0; count < 10; count++) assert.equal(cluster.pick({}), endpoints[1]);
  assert.equal(cluster.stats.get('outlier_detection.ejections_active'), 1);
  assert.equal(cluster.stats.get('outlier_detection.ejections_enforced_total'), 1);
  assert.equal(cluster.stats.get('membership_healthy'), 1);
});

test('five failures are the default, and one success begins the count anew', () => {
  const { endpoints } = fixture(2, {});
  fail(endpoints[0], 4);
  endpoints[0]!.record('success');
  fail(endpoints[0], 4);
  assert.equal(endpoints[0]!.isEjected, false);
  fail(endpoints[0], 1);
  assert.equal(endpoints[0]!.isEjected, true);
});

test('an ejected endpoint comes back with the sweep after its time, which grows with each ejection', async () => {
  const { env, cluster, endpoints } = fixture(2, {
    consecutiveErrors: 1,
    interval: seconds(10),
    baseEjectionTime: seconds(25),
  });
  const [endpoint] = endpoints;
  fail(endpoint, 1);
  await env.time.advance(29_999);
  assert.equal(endpoint!.isEjected, true);
  await env.time.advance(1);
  assert.equal(endpoint!.isEjected, false);
  assert.equal(cluster.stats.get('outlier_detection.ejections_active'), 0);
  assert.equal(new Set([cluster.pick({}), cluster.pick({})]).size, 2);
  fail(endpoint, 1);
  await env.time.advance(49_999);
  assert.equal(endpoint!.isEjected, true);
  await env.time.advance(1);
  assert.equal(endpoint!.isEjected, false);
});

test('without configuration the times are 10 s and 30 s', async () => {
  const { env, endpoints } = fixture(1, {});
  fail(endpoints[0], 5);
  await env.time.advance(29_999);
  assert.equal(endpoints[0]!.isEjected, true);
  await env.time.advance(1);
  assert.equal(endpoints[0]!.isEjected, false);
});

test('one endpoint may always go, more only up to the percentage', () => {
  const one = fixture(3, { consecutiveErrors: 1 });
  for (const endpoint of one.endpoints) fail(endpoint, 1);
  assert.deepEqual(
    one.endpoints.map(({ isEjected }) => isEjected),
    [true, false, false],
  );
  assert.equal(one.cluster.stats.get('outlier_detection.ejections_overflow'), 2);
  const half = fixture(4, { consecutiveErrors: 1, maxEjectionPercent: 50 });
  for (const endpoint of half.endpoints) fail(endpoint, 1);
  assert.equal(half.endpoints.filter(({ isEjected }) => isEjected).length, 2);
  const all = fixture(4, { consecutiveErrors: 1, maxEjectionPercent: 100 });
  for (const endpoint of all.endpoints) fail(endpoint, 1);
  assert.equal(all.cluster.pick({}), undefined);
  assert.equal(all.cluster.stats.get('upstream_cx_none_healthy'), 1);
});

test('below the minimum of healthy endpoints all are used', () => {
  const { cluster, endpoints } = fixture(2, { consecutiveErrors: 1, maxEjectionPercent: 100, minHealthPercent: 51 });
  fail(endpoints[0], 1);
  assert.equal(new Set(Array.from({ length: 4 }, () => cluster.pick({}))).size, 2);
  assert.equal(cluster.stats.get('lb_healthy_panic'), 4);
});

test('an endpoint that leaves no longer counts as ejected, and no timer is left', () => {
  const { env, set, cluster, endpoints } = fixture(2, { consecutiveErrors: 1 });
  fail(endpoints[0], 1);
  const message = clusterOf({ outlierDetection: { consecutiveErrors: 1 } });
  createClusterSet({
    clusters: [message],
    endpoints: [endpointsOf(message, localityOf(['10.0.0.2:80']))],
    previous: set,
    env,
  });
  assert.equal(cluster.stats.get('outlier_detection.ejections_active'), 0);
  assert.equal((env.schedule as unknown as { pending: number }).pending, 0);
});

test('without outlier detection failures are nobody else’s business', () => {
  const message = clusterOf();
  const endpoints = [endpointsOf(message, localityOf(['10.0.0.1:80']))];
  const set = createClusterSet({ clusters: [message], endpoints, env: manualEnv() });
  const endpoint = set.get(message.name)!.pick({})!;
  fail(endpoint, 100);
  assert.equal(endpoint.isEjected, false);
});
