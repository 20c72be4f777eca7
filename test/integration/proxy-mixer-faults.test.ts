import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';
import { CallFailure, type CheckAnswer, createGrpcTransport, type Transport } from '../../src/client/index.js';
import type { DeepPartial } from '../../src/gen/fairlead/proxy/v1/config.js';
import type { MixerTransport } from '../../src/gen/fairlead/proxy/v1/mixer.js';
import { allow, deny, ScriptedMixer } from '../client/support/scripted-mixer.js';
import { inboundConfig, type MixerRig, plain, reportOf, startMixerProxy } from '../proxy/mixer/rig.js';
import { type Answer, askHttp1 } from '../support/ask.js';
import { deferred } from '../support/deferred.js';
import { eventually } from '../support/peer.js';
import { listen } from '../support/proxy-rig.js';
import { startApp, type WebApp } from '../support/web-app.js';

const never = (): Promise<CheckAnswer> => new Promise(() => undefined);
const all = { services: { default: {} } };

// What becomes of requests when Mixer is not what it should be (mesh.md 1.11).
describe('a proxy whose Mixer fails', { timeout: 180_000 }, () => {
  let app: WebApp;
  let rig: MixerRig;

  before(async () => {
    app = await startApp('app');
  });
  after(() => app.stop());
  afterEach(() => rig.stop());

  const config = (transport: DeepPartial<MixerTransport>) => inboundConfig(app.port, all, { transport });
  const start = async (transport: Transport, fields: DeepPartial<MixerTransport> = {}): Promise<void> => {
    rig = await startMixerProxy(config({ disableReportBatch: true, ...fields }), () => transport);
  };
  const ask = (path = '/a', headers: Record<string, string> = {}): Promise<Answer> =>
    askHttp1(rig.port(), { path, headers });
  const asked = (mixer: ScriptedMixer, count: number) =>
    eventually(() => Promise.resolve(mixer.checks.length >= count ? true : undefined));

  for (const [failOpen, status] of [
    [true, 200],
    [false, 504],
  ] as const) {
    it(`waits five seconds for an answer, then fails ${failOpen ? 'open' : 'closed'}`, async () => {
      const mixer = new ScriptedMixer(never);
      await start(mixer, { failOpen });
      const answer = ask();
      await asked(mixer, 1);
      await rig.clock.advance(4999);
      assert.deepEqual(rig.lines, []);
      await rig.clock.advance(1);
      assert.equal((await answer).status, status);
      assert.equal(rig.counters()['remote_call_timeouts'], 1);
      const told = await reportOf(mixer, 0);
      assert.equal(told['response.code'], BigInt(status));
      assert.equal(told['check.error_code'], failOpen ? undefined : 4n);
    });

    it(`fails ${failOpen ? 'open' : 'closed'} when nobody listens`, async () => {
      const server = createServer();
      const port = await listen(server);
      server.close();
      await once(server, 'close');
      await start(createGrpcTransport(`127.0.0.1:${port}`), { failOpen });
      const { status, body } = await ask();
      assert.equal(status, failOpen ? 200 : 503);
      if (!failOpen) assert.match(body, /^UNAVAILABLE:/);
      const counted = await eventually(() => {
        const counters = rig.counters();
        return Promise.resolve(counters['remote_report_send_errors'] === undefined ? undefined : counters);
      });
      assert.equal(counted['remote_call_send_errors'], 1);
      assert.equal(counted[failOpen ? 'remote_check_accepts' : 'remote_check_denies'], 1);
      assert.deepEqual(rig.warnings, ['reports to mixer failed']);
    });

    it(`fails ${failOpen ? 'open' : 'closed'} when the other side takes connections and speaks nonsense`, async () => {
      const server: Server = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.end('what?\r\n\r\n');
      });
      try {
        await start(createGrpcTransport(`127.0.0.1:${await listen(server)}`), { failOpen });
        assert.equal((await ask()).status, failOpen ? 200 : 503);
      } finally {
        server.close();
      }
    });
  }

  it('fails open when Mixer has an error inside, and keeps to a denial', async () => {
    const mixer = new ScriptedMixer(() => deny(13, 'broken', { validUseCount: 0 }));
    await start(mixer, { failOpen: true });
    assert.equal((await ask()).status, 200);
    mixer.script = () => deny(7, 'no', { validUseCount: 0 });
    assert.equal((await ask()).status, 403);
  });

  it('goes on when a way to Mixer throws, or answers what is no answer', async () => {
    const mixer = new ScriptedMixer(() => {
      throw new Error('out of order');
    });
    mixer.onReport = () => {
      throw new Error('out of order');
    };
    await start(mixer);
    assert.deepEqual([(await ask()).status, (await ask()).body], [500, 'UNKNOWN:out of order']);
    mixer.script = () => ({ precondition: undefined, quotas: new Map() });
    assert.equal((await ask()).status, 400);
    assert.equal(rig.counters()['remote_report_other_errors'], 3);
  });

  it('asks again after growing waits, as often as it may', async () => {
    const mixer = new ScriptedMixer(() => {
      throw new CallFailure(14, 'gone');
    });
    const wait = (nanos: number) => ({ seconds: 0n, nanos: nanos * 1_000_000 });
    await start(mixer, { maxRetries: 2, baseRetryWait: wait(100), maxRetryWait: wait(150) });
    const answer = ask();
    await asked(mixer, 1);
    // Evenly between 100 and 100 ms, then between 100 and 150 ms; chance is 0.5.
    for (const [millis, calls] of [
      [99, 1],
      [1, 2],
      [124, 2],
      [1, 3],
    ] as const) {
      await rig.clock.advance(millis);
      assert.equal(mixer.checks.length, calls);
    }
    assert.equal((await answer).status, 503);
    const ids = new Set(mixer.checks.map(({ deduplicationId }) => deduplicationId));
    assert.equal(ids.size, 1);
    const { remote_calls: calls, remote_call_retries: retries, remote_call_send_errors: errors } = rig.counters();
    assert.deepEqual([calls, retries, errors], [1, 2, 3]);
  });

  it('takes the answer of a later attempt', async () => {
    const mixer = new ScriptedMixer(() => {
      mixer.script = () => allow();
      throw new CallFailure(14, 'gone');
    });
    await start(mixer, { maxRetries: 1 });
    const answer = ask();
    await asked(mixer, 1);
    await rig.clock.advance(80);
    assert.equal((await answer).status, 200);
  });

  it('ends the call, or the wait for the next one, when the caller leaves', async () => {
    const mixer = new ScriptedMixer(never);
    let signal: AbortSignal | undefined;
    mixer.script = (_call, limits) => {
      ({ signal } = limits);
      return never();
    };
    await start(mixer, { maxRetries: 5, failOpen: true });
    const abort = new AbortController();
    const leave = async (path: string): Promise<void> => {
      const calls = mixer.checks.length;
      const left = fetch(`http://127.0.0.1:${rig.port()}${path}`, { signal: abort.signal }).catch(() => undefined);
      await asked(mixer, calls + 1);
      abort.abort();
      await left;
    };
    await leave('/left');
    await eventually(() => Promise.resolve(signal?.aborted === true ? true : undefined));
    const told = await reportOf(mixer, 0);
    assert.deepEqual([told['response.code'], told['context.proxy_error_code']], [500n, 'DC']);
    assert.equal(rig.counters()['remote_call_cancellations'], 1);
    await rig.clock.advance(60_000);
    assert.equal(mixer.checks.length, 1);
    assert.deepEqual(
      app.seen.filter((line) => line.includes('/left')),
      [],
    );
  });

  it('brings a slow check to its end although the configuration changes meanwhile', async () => {
    const [former, present] = [new ScriptedMixer(), new ScriptedMixer()];
    const ways = [former, former, present, present];
    const answer = deferred<CheckAnswer>();
    former.script = () => answer.promise;
    rig = await startMixerProxy(config({ reportBatchMaxEntries: 50, disableReportBatch: false }), () => ways.shift()!);
    const waiting = ask('/slow');
    await asked(former, 1);
    await rig.apply(config({ failOpen: true }));
    assert.equal((await ask('/next')).status, 200);
    answer.resolve(deny(7, 'no'));
    assert.equal((await waiting).status, 403);
    assert.deepEqual(
      [(await reportOf(present, 0))['request.path'], (await reportOf(present, 1))['request.path']],
      ['/next', '/slow'],
    );
    await eventually(() => Promise.resolve(former.closed === 2 ? true : undefined));
    assert.equal(rig.counters()['check_calls'], 2);
    // The same again changes nothing, and none at all asks nobody.
    await rig.apply(config({ failOpen: true }));
    assert.equal(present.closed, 0);
    await rig.apply({ ...config({}), mixer: undefined });
    assert.equal((await ask('/free')).status, 200);
    assert.equal(present.checks.length, 1);
  });

  it('sends what a batch has left when the Mixer changes', async () => {
    const [former, present] = [new ScriptedMixer(), new ScriptedMixer()];
    const ways = [former, former, present, present];
    rig = await startMixerProxy(config({ disableReportBatch: false }), () => ways.shift()!);
    for (const path of ['/1', '/2', '/3']) await ask(path);
    assert.equal(former.reports.length, 0);
    await rig.apply(config({ disableReportBatch: false, failOpen: true }));
    await eventually(() => Promise.resolve(former.reports[0]));
    assert.deepEqual(
      former.reports[0]!.map((set) => set.get('request.path')),
      ['/1', '/2', '/3'],
    );
  });

  it('lets nothing of one request into another', async () => {
    const mixer = new ScriptedMixer(async ({ attributes }) => {
      await new Promise((resolve) => setImmediate(resolve));
      const user = (attributes.get('request.headers') as Map<string, string>).get('x-user')!;
      const requestHeaderOperations = [{ operation: 'REPLACE', name: 'x-by', value: user } as const];
      const responseHeaderOperations = [{ operation: 'REPLACE', name: 'x-for', value: user } as const];
      const directive = {
        requestHeaderOperations,
        responseHeaderOperations,
        directResponseCode: 0,
        directResponseBody: '',
      };
      return Number(user) % 3 === 0 ? deny(7, user, { validUseCount: 0 }) : allow({ directive, validUseCount: 0 });
    });
    await start(mixer);
    await Promise.all(
      Array.from({ length: 60 }, async (_, at) => {
        const user = String(at);
        const { status, body, headers } = await ask(`/u/${at}`, { 'x-user': user });
        if (at % 3 === 0) assert.deepEqual([status, body], [403, `PERMISSION_DENIED:${user}`]);
        else assert.deepEqual([status, headers['x-for']], [200, user]);
      }),
    );
    await reportOf(mixer, 59);
    for (const [set] of mixer.reports) {
      const told = plain(set);
      const user = (told['request.headers'] as Record<string, string>)['x-user']!;
      assert.equal(told['request.path'], `/u/${user}`);
      assert.equal(told['check.error_message'], Number(user) % 3 === 0 ? `PERMISSION_DENIED:${user}` : undefined);
    }
  });
});
