import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { Cluster_Discovery, type Cluster, type Locality } from '../../../src/gen/fairlead/proxy/v1/cluster.js';
import { createClusterSet, type LiveClusterSet } from '../../../src/proxy/upstream/cluster-set.js';
import { eventually } from '../../support/peer.js';
import { answerOf, clusterOf, endpointsOf, httpServer, localityOf, manualEnv, realEnv, requestOf } from './fixture.js';

function setOf(
  members: readonly (readonly [Cluster, ...Locality[]])[],
  previous?: LiveClusterSet,
  env = realEnv,
): LiveClusterSet {
  return createClusterSet({
    clusters: members.map(([cluster]) => cluster),
    endpoints: members.map(([cluster, ...localities]) => endpointsOf(cluster, ...localities)),
    previous,
    env,
  });
}

const two = localityOf(['10.0.0.1:80', '10.0.0.2:80']);

test('clusters are found by name, and listed in order of names', () => {
  const set = setOf([
    [clusterOf({ name: 'b' }), two],
    [clusterOf({ name: 'a' }), two],
  ]);
  assert.deepEqual(
    set.all().map(({ name }) => name),
    ['a', 'b'],
  );
  assert.equal(set.get('a')?.name, 'a');
  assert.equal(set.get('__proto__'), undefined);
});

test('endpoints say what the configuration says of them', () => {
  const locality = localityOf(['10.0.0.1:80', 'fd00::1:8080', 'unix:///run/app.sock'], {
    region: 'east',
    zone: 'a',
    priority: 2,
  });
  locality.endpoints[0]!.labels = { version: 'v1', ['__proto__']: 'x' };
  locality.endpoints[0]!.uid = 'kubernetes://reviews-1.default';
  const cluster = clusterOf();
  const [first, second, third] = setOf([[cluster, locality]]).get(cluster.name)!.endpoints;
  assert.equal(first!.name, '10.0.0.1:80');
  assert.equal(first!.uid, 'kubernetes://reviews-1.default');
  assert.equal(first!.labels.get('version'), 'v1');
  assert.equal(first!.locality, 'east/a');
  assert.equal(first!.priority, 2);
  assert.deepEqual([first!.isHealthy, first!.isEjected, first!.active], [true, false, 0]);
  assert.equal(second!.name, '[fd00::1]:8080');
  assert.equal(third!.name, '/run/app.sock');
});

test('a static cluster has its endpoints itself; others have those of their name', () => {
  const fixed = clusterOf({ name: 'fixed', discovery: Cluster_Discovery.STATIC, localities: [two] });
  const set = setOf([[fixed], [clusterOf({ name: 'b' })]]);
  assert.equal(set.get('fixed')!.endpoints.length, 2);
  assert.equal(set.get('b')!.endpoints.length, 0);
  assert.equal(set.get('b')!.pick({}), undefined);
});

test('an endpoint that is named twice is one', () => {
  const cluster = clusterOf();
  const set = setOf([[cluster, two, two]]);
  assert.equal(set.get(cluster.name)!.endpoints.length, 2);
});

test('a cluster that is the same lives on, one that is not is made anew', () => {
  const same = (): Cluster => clusterOf({ name: 'same', limits: { maxRequests: 5 } });
  const first = setOf([
    [same(), two],
    [clusterOf({ name: 'other' }), two],
  ]);
  const second = setOf(
    [
      [same(), two],
      [clusterOf({ name: 'other', http2: true }), two],
    ],
    first,
  );
  assert.equal(second.get('same'), first.get('same'));
  assert.notEqual(second.get('other'), first.get('other'));
  const third = setOf([[same(), two]], second);
  assert.equal(third.get('other'), undefined);
  assert.equal(third.get('same')!.endpoints[0], first.get('same')!.endpoints[0]);
});

test('with other endpoints a cluster keeps those that stay, with their state', () => {
  const cluster = (): Cluster => clusterOf({ outlierDetection: { consecutiveErrors: 1 } });
  const env = manualEnv();
  const first = setOf([[cluster(), two]], undefined, env);
  const live = first.get(cluster().name)!;
  const [one, other] = live.endpoints;
  one!.record('gateway-failure');
  const moved = localityOf(['10.0.0.3:80', '10.0.0.1:80'], { region: 'west', priority: 1 });
  const second = setOf([[cluster(), moved]], first, env);
  assert.equal(second.get(cluster().name), live);
  assert.equal(live.endpoints[1], one);
  assert.equal(one!.isEjected, true);
  assert.equal(one!.locality, 'west');
  assert.equal(one!.priority, 1);
  assert.ok(!live.endpoints.includes(other!));
  assert.equal(live.pick({})!.name, '10.0.0.3:80');
  assert.equal(live.stats.get('membership_change'), 2);
  assert.equal(live.stats.get('membership_total'), 2);
  assert.equal(live.stats.get('membership_healthy'), 1);
});

test('another pod at the same address is another endpoint', () => {
  const cluster = clusterOf();
  const withUid = (uid: string): Locality => {
    const locality = localityOf(['10.0.0.1:80']);
    locality.endpoints[0]!.uid = uid;
    return locality;
  };
  const first = setOf([[cluster, withUid('a')]]);
  const [before] = first.get(cluster.name)!.endpoints;
  const second = setOf([[cluster, withUid('b')]], first);
  assert.notEqual(second.get(cluster.name)!.endpoints[0], before);
});

test('what is gone lets its requests end and then closes its connections; what stays keeps them', async () => {
  const held: ServerResponse[] = [];
  await httpServer(
    (request, response) => {
      if (request.url === '/held') held.push(response);
      else response.end('ok');
    },
    async ({ target, sockets, accepted }) => {
      const [stays, goes] = [clusterOf({ name: 'stays' }), clusterOf({ name: 'goes' })];
      const first = setOf([
        [stays, localityOf([target])],
        [goes, localityOf([target])],
      ]);
      await answerOf(first.get('stays')!.pick({})!);
      const leaving = first.get('goes')!;
      const endpoint = leaving.pick({})!;
      await answerOf(endpoint);
      const answer = answerOf(endpoint, requestOf({ path: '/held' }));
      await eventually(async () => held[0]);
      const second = setOf([[stays, localityOf([target])]], first);
      assert.equal(sockets.size, 2);
      held[0]!.end('late');
      assert.equal((await answer).body, 'late');
      await eventually(async () => (sockets.size === 1 ? true : undefined));
      assert.equal(leaving.stats.get('upstream_cx_active'), 0);
      await answerOf(second.get('stays')!.pick({})!);
      assert.equal(accepted(), 2);
      await second.close();
    },
  );
});

test('limits of requests and retries are of the cluster', () => {
  const cluster = clusterOf({ limits: { maxRequests: 2, maxRetries: 1 } });
  const live = setOf([[cluster, two]]).get(cluster.name)!;
  const first = live.enter('request');
  assert.ok(first && live.enter('request'));
  assert.equal(live.enter('request'), undefined);
  assert.equal(live.stats.get('upstream_rq_pending_overflow'), 1);
  assert.equal(live.stats.get('circuit_breakers.default.rq_open'), 1);
  first();
  assert.ok(live.enter('request'));
  const retry = live.enter('retry');
  assert.ok(retry);
  assert.equal(live.enter('retry'), undefined);
  assert.equal(live.stats.get('upstream_rq_retry'), 1);
  assert.equal(live.stats.get('upstream_rq_retry_overflow'), 1);
  assert.equal(live.stats.get('circuit_breakers.default.rq_retry_open'), 1);
  retry();
  assert.ok(live.enter('retry'));
});

test('without limits there are none', () => {
  const cluster = clusterOf();
  const live = setOf([[cluster, two]]).get(cluster.name)!;
  for (let count = 0; count < 10_000; count++) assert.ok(live.enter('request') && live.enter('retry'));
});
