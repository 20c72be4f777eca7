import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { FakeClock, fakeEnv } from 'fairlead/testing';
import { type Counter, createCounter } from '../adapters/redisquota/support.js';
import { eventually, freePort, peer } from '../support/peer.js';
import { RedisProcess, redisPeer, startSlowProxy } from '../support/redis.js';
import { tempFolder } from '../support/temp-folder.js';

const unavailable = [0n, 0, 14];
const timeout = 250;
// What the machine may take on top when it is busy.
// The client of Redis itself would wait for ten seconds; a busy machine may take a while.
const grace = 4000;

const open: (() => Promise<void>)[] = [];

async function start(options: readonly string[] = [], password?: string): Promise<RedisProcess> {
  const server = await RedisProcess.start(options, password);
  open.push(() => server.remove());
  return server;
}

async function counter(server: { readonly address: string }, params = '', quota = ''): Promise<Counter> {
  const made = await createCounter(
    `redisServerUrl: "${server.address}"\nquotas: [{ name: q, maxAmount: 10, validDuration: 60s${quota} }]\n${params}`,
  );
  open.push(() => made.close());
  return made;
}

/** Asks until Redis decides again; whatever it grants then is in the answer. */
function recovered(quota: Counter, amount = 1): Promise<bigint> {
  return eventually(async () => {
    const [granted, , code] = await quota.ask(amount);
    return code === 14 ? undefined : granted;
  });
}

/** The answer, which must come within the timeout. */
async function inTime<T>(answer: Promise<T>): Promise<T> {
  const begin = performance.now();
  const value = await answer;
  assert.ok(performance.now() - begin < timeout + grace, `took ${performance.now() - begin} ms`);
  return value;
}

describe('redisquota', redisPeer, () => {
  afterEach(async () => {
    for (const end of open.splice(0).reverse()) await end();
  });

  it('counts for all handlers that share a Redis', async () => {
    const server = await start();
    const [one, two] = [await counter(server), await counter(server)];
    assert.deepEqual((await one.ask(7)).slice(0, 1), [7n]);
    assert.deepEqual((await two.ask(7, { bestEffort: true })).slice(0, 1), [3n]);
    assert.deepEqual(await one.ask(1), [0n, 0, 8]);
    assert.equal((await one.answer(1)).status?.message, 'redisquota: Resource exhausted');
  });

  it('answers a deduplication id alike on every handler', async () => {
    const server = await start();
    const [one, two] = [await counter(server), await counter(server)];
    assert.equal((await one.ask(4, { deduplicationId: 'x' }))[0], 4n);
    assert.equal((await two.ask(9, { deduplicationId: 'x' }))[0], 4n);
    assert.equal((await two.ask(6, { deduplicationId: 'y' }))[0], 6n);
    assert.deepEqual(await two.ask(1), [0n, 0, 8]);
    assert.equal((await two.ask(4, { deduplicationId: 'y' }))[0], 6n, 'a denial of others is not for a repetition');
  });

  it('charges requests without an id each by itself', async () => {
    const quota = await counter(await start());
    for (let i = 0; i < 2; i += 1) assert.equal((await quota.ask(5, { deduplicationId: '' }))[0], 5n);
    assert.deepEqual(await quota.ask(5, { deduplicationId: '' }), [0n, 0, 8]);
  });

  it('asks Redis no more until what it denied can be granted', async () => {
    const server = await start();
    const quota = await counter(server);
    await quota.ask(8);
    await quota.ask(5);
    const calls = quota.metric(/redis_calls_total/);
    for (let i = 0; i < 50; i += 1) assert.deepEqual(await quota.ask(3 + i), [0n, 0, 8], `${3 + i}`);
    assert.ok(quota.metric(/redis_calls_total/) <= calls + 2, 'at most one call for each smaller amount');
    assert.equal((await quota.ask(2))[0], 2n, 'what fits is granted');
  });

  it('grants again as soon as Redis would, in spite of denials it remembers', async () => {
    const server = await start();
    const made = await createCounter(
      `redisServerUrl: ${server.address}\nquotas: [{ name: q, maxAmount: 5, validDuration: 300ms }]`,
    );
    open.push(() => made.close());
    for (let round = 0; round < 3; round += 1) {
      assert.equal((await made.ask(5))[0], 5n);
      const [, , code] = await made.ask(1);
      assert.equal(code, 8);
      await wait(310);
    }
  });

  it('builds without Redis, answers at once, and counts when Redis comes', async () => {
    const port = await freePort();
    const quota = await counter({ address: `127.0.0.1:${port}` });
    assert.deepEqual(await inTime(quota.ask(1)), unavailable);
    assert.equal((await quota.answer(1)).status?.message, 'redisquota: Service Unavailable');
    assert.equal(quota.log.lines.filter(({ message }) => message.includes('no connection to redis')).length, 1);
    assert.equal(quota.metric(/failure_mode.*CLOSED/), 1);
    assert.ok(quota.metric(/redis_failures_total.*unreachable/) >= 2);
    const server = await RedisProcess.start([], undefined, port);
    open.push(() => server.remove());
    await recovered(quota);
    await eventually(async () => {
      await quota.ask(0);
      return quota.metric(/failure_mode.*CLOSED/) === 0 ? true : undefined;
    });
  });

  it('fails within the timeout while Redis is paused, and never grants more than the limit', async () => {
    const server = await start();
    const quota = await counter(server);
    let granted = (await quota.ask(2))[0];
    await server.run(['CLIENT', 'PAUSE', '1200', 'ALL']);
    const answers = await Promise.all(Array.from({ length: 40 }, () => inTime(quota.ask(1))));
    assert.deepEqual(
      answers,
      answers.map(() => unavailable),
    );
    assert.deepEqual(await inTime(quota.ask(1)), unavailable);
    granted += await recovered(quota);
    for (let i = 0; i < 20; i += 1) granted += (await quota.ask(1))[0];
    assert.ok(granted <= 10n, String(granted));
    assert.ok(quota.metric(/redis_failures_total.*timeout/) > 0);
  });

  it('fails within the timeout while Redis is halted', async () => {
    const server = await start();
    const quota = await counter(server);
    await quota.ask(1);
    server.halt();
    assert.deepEqual(await inTime(quota.ask(1)), unavailable);
    server.resume();
    await recovered(quota);
  });

  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    it(`keeps what is on disk over ${signal} and a restart`, async () => {
      const server = await start(['--appendonly', 'yes']);
      const quota = await counter(server);
      let granted = (await quota.ask(6))[0];
      const before = Array.from({ length: 3 }, () => quota.ask(1));
      await server.stop(signal);
      for (const [amount] of await Promise.all(before)) granted += amount;
      assert.deepEqual(await inTime(quota.ask(1)), unavailable);
      await server.start();
      granted += await recovered(quota);
      for (let i = 0; i < 20; i += 1) granted += (await quota.ask(1))[0];
      assert.ok(granted >= 7n && granted <= 10n, String(granted));
      assert.deepEqual(await quota.ask(1), [0n, 0, 8]);
    });
  }

  it('grants what a slow Redis decides in time, nothing of what comes late, and no more than the limit', async () => {
    const server = await start();
    const slow = await startSlowProxy(server.port);
    open.push(() => slow.close());
    const quota = await counter(slow);
    await quota.ask(0);
    slow.delay(timeout / 5);
    let granted = (await inTime(quota.ask(2)))[0];
    assert.equal(granted, 2n);
    slow.delay(timeout * 2);
    const late = await Promise.all(Array.from({ length: 3 }, () => inTime(quota.ask(1))));
    assert.deepEqual(
      late,
      late.map(() => unavailable),
    );
    slow.delay(0);
    granted += await recovered(quota);
    for (let i = 0; i < 20; i += 1) granted += (await quota.ask(1))[0];
    assert.ok(granted >= 7n && granted <= 10n, `${granted}: what came late is charged once at most`);
    assert.deepEqual(await quota.ask(1), [0n, 0, 8]);
  });

  it('sends the script again after its cache was flushed', async () => {
    const server = await start();
    const quota = await counter(server);
    for (let i = 0; i < 3; i += 1) {
      assert.equal((await quota.ask(3))[0], 3n);
      await server.run(['SCRIPT', 'FLUSH']);
    }
    assert.deepEqual(await quota.ask(3), [0n, 0, 8]);
  });

  it('grants nothing that Redis has no memory to count', async () => {
    const server = await start(['--maxmemory-policy', 'noeviction']);
    const quota = await counter(server);
    assert.equal((await quota.ask(4))[0], 4n);
    await server.run(['CONFIG', 'SET', 'maxmemory', '1']);
    assert.deepEqual(await inTime(quota.ask(1)), unavailable);
    assert.ok(quota.metric(/redis_failures_total.*error/) > 0);
    for (let i = 0; i < 10; i += 1) {
      assert.deepEqual(await inTime(quota.ask(1)), unavailable);
      assert.deepEqual(await inTime(quota.ask(0)), [0n, 0, 8], 'what needs no memory is decided');
    }
    const lines = quota.log.lines.filter(({ message }) => /failed to run quota script|decides again/.test(message));
    assert.equal(lines.length, 1, 'failing now and then is one line');
    await server.run(['CONFIG', 'SET', 'maxmemory', '0']);
    assert.equal(await recovered(quota, 6), 6n, 'what was not counted was not taken either');
    assert.deepEqual(await quota.ask(1), [0n, 0, 8]);
  });

  it('logs in with what the URL or a file says, and grants nothing with a wrong password', async () => {
    const server = await start([], 'p@ss:w/rd');
    const file = join(server.folder, 'password');
    writeFileSync(file, 'p@ss:w/rd\n');
    const wrong = await counter({ address: `redis://:wrong@${server.address}` });
    assert.deepEqual(await inTime(wrong.ask(1)), unavailable);
    await wait(300);
    assert.deepEqual(await inTime(wrong.ask(1)), unavailable);
    assert.ok(!JSON.stringify(wrong.log.lines).includes('wrong'), 'no password in the log');
    const none = await counter(server);
    assert.deepEqual(await inTime(none.ask(1)), unavailable);
    const url = await counter({ address: `redis://default:${encodeURIComponent('p@ss:w/rd')}@${server.address}/3` });
    assert.equal((await url.ask(1))[0], 1n);
    const fromFile = await counter(server, `passwordFile: ${file}\nusername: default`);
    assert.equal((await fromFile.ask(1))[0], 1n);
    assert.match(String(await server.run(['INFO', 'keyspace'])), /db3:keys=2/);
    await server.run(['CONFIG', 'SET', 'requirepass', 'wrong']);
    assert.equal(await recovered(wrong), 1n, 'without a restart');
  });

  it(
    'encrypts, and trusts only whom the configuration trusts',
    peer('openssl', 'apt-get install openssl'),
    async () => {
      const folder = tempFolder();
      const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
      const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
      const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', cert];
      assert.equal(spawnSync('openssl', [...request, ...subject]).status, 0);
      const port = await freePort();
      const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', cert];
      await start(['--tls-port', String(port), '--tls-auth-clients', 'no', ...files]);
      const address = `127.0.0.1:${port}`;
      const trusting = await counter({ address: `rediss://${address}` }, `tls: { caFile: ${cert} }`);
      assert.equal((await trusting.ask(1))[0], 1n);
      const byField = await counter({ address }, `tls: { caFile: ${cert}, certFile: ${cert}, keyFile: ${key} }`);
      assert.equal((await byField.ask(1))[0], 1n);
      const strange = await counter({ address: `rediss://${address}` });
      assert.deepEqual(await inTime(strange.ask(1)), unavailable);
      const misnamed = await counter({ address }, `tls: { caFile: ${cert}, serverName: other.example }`);
      assert.deepEqual(await inTime(misnamed.ask(1)), unavailable);
    },
  );

  it('grants all without Redis in the failure mode OPEN', async () => {
    const server = await start();
    const quota = await counter(server, 'failureMode: OPEN');
    await quota.ask(10);
    await server.stop();
    await eventually(async () => ((await quota.ask(100))[0] === 100n ? true : undefined));
    assert.equal(quota.metric(/failure_mode.*OPEN/), 1);
  });

  it('counts by itself without Redis in the failure mode LOCAL, up to its share', async () => {
    const server = await start();
    const quota = await counter(server, 'failureMode: LOCAL\nlocalShare: 0.3');
    await server.stop();
    let granted = 0n;
    await eventually(async () => {
      await quota.ask(0);
      return quota.metric(/failure_mode.*LOCAL/) === 1 ? true : undefined;
    });
    for (let i = 0; i < 20; i += 1) granted += (await quota.ask(1))[0];
    assert.equal(granted, 3n);
    assert.deepEqual(await quota.ask(1), [0n, 0, 8]);
    await server.start();
    await eventually(async () => {
      await quota.ask(0);
      return quota.metric(/failure_mode.*LOCAL/) === 0 ? true : undefined;
    });
    assert.equal((await quota.ask(10))[0], 10n);
  });

  it('goes on with the master that takes over', async () => {
    const master = await start();
    const replica = await start(['--replicaof', '127.0.0.1', String(master.port)]);
    const sentinelPort = await freePort();
    const sentinel = await RedisProcess.startSentinel(sentinelPort, master.port);
    open.push(() => sentinel.remove());
    const quota = await counter(sentinel, 'mode: SENTINEL\nsentinelName: quotas');
    let granted = await recovered(quota, 4);
    await eventually(async () =>
      String(await replica.run(['INFO', 'replication'])).includes('master_link_status:up') ? true : undefined,
    );
    await eventually(async () => (Number(await replica.run(['DBSIZE'])) >= 2 ? true : undefined));
    await eventually(async () =>
      ((await sentinel.run(['SENTINEL', 'REPLICAS', 'quotas'])) as unknown[]).length > 0 ? true : undefined,
    );
    await master.stop();
    assert.deepEqual(await inTime(quota.ask(1)), unavailable);
    await sentinel.run(['SENTINEL', 'FAILOVER', 'quotas']).catch(() => undefined);
    granted += await recovered(quota);
    for (let i = 0; i < 20; i += 1) granted += (await quota.ask(1))[0];
    assert.equal(granted, 10n);
  });

  it('does not care what time it is here', async () => {
    const server = await start();
    const clock = new FakeClock(Date.now() - 3_600_000);
    const env = fakeEnv({ clock });
    const params = `redisServerUrl: ${server.address}\nquotas: [{ name: q, maxAmount: 10, validDuration: 500ms }]`;
    const [wrong, right] = [await createCounter(params, { env }), await createCounter(params)];
    open.push(
      () => wrong.close(),
      () => right.close(),
    );
    assert.equal((await wrong.ask(6))[0], 6n);
    const [granted, seconds] = await right.ask(6, { bestEffort: true });
    assert.equal(granted, 4n);
    assert.ok(seconds <= 0.5, 'the window began with the other');
    assert.deepEqual(await wrong.ask(1), [0n, 0, 8]);
    clock.set(Date.now() + 3_600_000);
    assert.deepEqual(await wrong.ask(1), [0n, 0, 8], 'an hour later here, and no later for Redis');
    await wait(510);
    assert.equal((await right.ask(10))[0], 10n);
  });

  it('leaves no socket when closed, also without Redis', async () => {
    const server = await start();
    const quota = await counter(server);
    await quota.ask(1);
    await quota.close();
    await eventually(async () =>
      String(await server.run(['CLIENT', 'LIST'])).split('\n').length <= 2 ? true : undefined,
    );
    assert.deepEqual(await quota.ask(1), unavailable, 'and answers');
    const paused = await counter(server);
    await paused.ask(1);
    server.halt();
    await inTime(paused.close());
    server.resume();
  });
});
