import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { fakeEnv } from 'fairlead/testing';
import { createCounter } from '../adapters/redisquota/support.js';
import { eventually } from '../support/peer.js';
import { addReplica, type RedisProcess, redisPeer, startCluster } from '../support/redis.js';

const unavailable = 14;
const open: (() => Promise<void>)[] = [];

describe('redisquota on a cluster', redisPeer, () => {
  afterEach(async () => {
    for (const end of open.splice(0).reverse()) await end();
  });

  it('goes on with the replica of a master that was killed, and grants no more than the limit', async (t) => {
    const masters = await startCluster();
    open.push(...masters.map((node) => () => node.remove()));
    const quota = await createCounter(
      `{ redisServerUrl: "${masters.map(({ address }) => address).join(',')}", mode: CLUSTER, quotas: [{ name: q, maxAmount: 10, validDuration: 60s }] }`,
    );
    open.push(() => quota.close());
    let granted = await eventually(async () => {
      const [amount] = await quota.ask(4);
      return amount > 0n ? amount : undefined;
    });
    const master = await ownerOf(masters);
    const replica = await addReplica(master, masters);
    open.push(() => replica.remove());
    await eventually(async () => (Number(await replica.run(['DBSIZE'])) >= 2 ? true : undefined));

    const begin = performance.now();
    await master.stop();
    let failures = 0;
    await eventually(async () => {
      const asked = performance.now();
      const [amount, , code] = await quota.ask(1);
      assert.ok(performance.now() - asked < 5000, 'no answer waits for the failover');
      granted += amount;
      if (code === unavailable) failures += 1;
      return code === unavailable ? undefined : true;
    });
    t.diagnostic(`${failures} answers of the failure mode in ${(performance.now() - begin).toFixed(0)} ms`);
    assert.ok(failures > 0);
    for (let i = 0; i < 20; i += 1) granted += (await quota.ask(1))[0];
    t.diagnostic(`granted ${granted}`);
    // Nothing over, and next to nothing charged to requests that had their answer by then.
    assert.ok(granted <= 10n && granted >= 9n, String(granted));
    assert.match(String(await replica.run(['INFO', 'replication'])), /role:master/);
  });

  it('leaves no timer and asks nothing more when closed while the cluster is asked for its slots', async () => {
    const masters = await startCluster();
    open.push(...masters.map((node) => () => node.remove()));
    const before = timers();
    // By this clock nothing happens of itself: timers of the process are those of the client library.
    const env = fakeEnv();
    const quota = await createCounter(
      `{ redisServerUrl: "${masters[0]!.address}", mode: CLUSTER, quotas: [{ name: q, maxAmount: 10, validDuration: 60s }] }`,
      { env },
    );
    await eventually(async () => ((await quota.ask(1))[0] > 0n ? true : undefined));
    const asked = await slotQuestions(masters);
    await env.clock.advance(1000);
    await eventually(async () => ((await slotQuestions(masters)) > asked ? true : undefined));
    await env.clock.advance(1000);
    await quota.close();
    assert.equal(env.schedule.pending, 0);
    await eventually(() => Promise.resolve(timers() <= before ? true : undefined));
    const last = await slotQuestions(masters);
    await env.clock.advance(60_000);
    assert.equal(await slotQuestions(masters), last);
  });
});

/** Timers that keep the process alive. */
function timers(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
}

/** How often somebody asked the nodes who has which slots. */
async function slotQuestions(nodes: readonly RedisProcess[]): Promise<number> {
  let sum = 0;
  for (const node of nodes) {
    const text = String(await node.run(['INFO', 'commandstats']));
    sum += Number(/cmdstat_cluster\|slots:calls=(\d+)/.exec(text)?.[1] ?? 0);
  }
  return sum;
}

/** The only master that has keys. */
async function ownerOf(masters: readonly RedisProcess[]): Promise<RedisProcess> {
  for (const node of masters) if (Number(await node.run(['DBSIZE'])) > 0) return node;
  throw new Error('no master has a key');
}
