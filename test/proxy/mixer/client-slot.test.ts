import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CheckAnswer, CallFailure } from '../../../src/client/index.js';
import { MixerTransport } from '../../../src/gen/fairlead/proxy/v1/mixer.js';
import { ClientSlot } from '../../../src/proxy/mixer/index.js';
import { allow, ScriptedMixer } from '../../client/support/scripted-mixer.js';
import { deferred } from '../../support/deferred.js';
import { settle } from '../../support/manual-time.js';
import { testEnv } from '../observe/fixture.js';

function makeSlot() {
  const env = testEnv();
  const made: { readonly cluster: string; readonly mixer: ScriptedMixer }[] = [];
  const slot = new ClientSlot((cluster) => {
    const mixer = new ScriptedMixer();
    made.push({ cluster, mixer });
    return mixer;
  }, env);
  const apply = (config: Parameters<typeof MixerTransport.fromPartial>[0] = {}): ScriptedMixer => {
    slot.apply(MixerTransport.fromPartial(config));
    return made.at(-1)!.mixer;
  };
  return { slot, env, made, apply };
}

const request = new Map([['request.path', '/']]);

describe('the client of a proxy', () => {
  it('is the same as long as its configuration is', async () => {
    const { slot, made, apply } = makeSlot();
    assert.equal(slot.client, undefined);
    apply({ checkCluster: 'policy', reportCluster: 'telemetry' });
    await slot.client!.check(request);
    apply({ checkCluster: 'policy', reportCluster: 'telemetry' });
    assert.equal(slot.client!.check(request) instanceof Promise, false);
    assert.deepEqual(
      made.map(({ cluster, mixer }) => [cluster, mixer.checks.length]),
      [
        ['policy', 1],
        ['telemetry', 0],
      ],
    );
    apply({ checkCluster: 'policy', reportCluster: 'policy' });
    assert.deepEqual(
      made.map(({ cluster }) => cluster),
      ['policy', 'telemetry', 'policy'],
    );
    await slot.close();
    assert.deepEqual(
      made.map(({ mixer }) => mixer.closed),
      [1, 1, 1],
    );
  });

  it('sends what a former one has left, and reports through the present one what began with it', async () => {
    const { slot, apply } = makeSlot();
    const former = apply();
    const { client } = slot;
    client!.report(request);
    const present = apply({ disableReportBatch: true });
    await settle();
    assert.deepEqual([former.reports.length, former.closed], [1, 1]);
    client!.report(request);
    await settle();
    assert.equal(former.reports.length, 1);
    assert.equal(present.reports.length, 1);
    assert.equal(client, slot.client);
    await slot.close();
  });

  it('answers those who wait before the former one ends', async () => {
    const { slot, apply } = makeSlot();
    const answer = deferred<CheckAnswer>();
    const former = apply();
    former.script = () => answer.promise;
    const waiting = slot.client!.check(request);
    apply({ failOpen: true });
    await settle();
    assert.equal(former.closed, 0);
    answer.resolve(allow({ status: { code: 7, message: 'no' } }));
    assert.equal((await waiting).status.code, 7);
    await settle();
    assert.equal(former.closed, 1);
    await slot.close();
  });

  it('counts on from one to the next', async () => {
    const { slot, apply } = makeSlot();
    assert.deepEqual(slot.statistics(), {});
    for (const failOpen of [false, true, false]) {
      apply({ failOpen });
      await slot.client!.check(request);
      slot.client!.report(request);
    }
    const { total_check_calls: checks, total_report_calls: reports } = slot.statistics();
    assert.deepEqual([checks, reports], [3, 3]);
    await slot.close();
    assert.deepEqual(
      [slot.statistics()['total_check_calls'], slot.statistics()['total_remote_report_successes']],
      [3, 3],
    );
  });

  it('lets everything pass once there is no Mixer any more', async () => {
    const { slot, apply } = makeSlot();
    const mixer = apply();
    const { client } = slot;
    slot.apply(undefined);
    assert.equal(slot.client, undefined);
    client!.report(request);
    assert.equal((await client!.check(request)).status.code, 0);
    assert.deepEqual([mixer.checks.length, mixer.reports.length], [0, 0]);
    await slot.close();
  });

  it('keeps the former one when the way to a new one cannot be made', async () => {
    const mixer = new ScriptedMixer();
    const slot = new ClientSlot((cluster) => {
      if (cluster === 'bad') throw new Error('no address');
      return mixer;
    }, testEnv());
    slot.apply(MixerTransport.fromPartial({}));
    assert.throws(() => slot.apply(MixerTransport.fromPartial({ checkCluster: 'bad' })), /no address/);
    await slot.client!.check(request);
    assert.deepEqual([mixer.checks.length, mixer.closed], [1, 0]);
    await slot.close();
  });

  it("goes by the proxy's time, and says when reports fail: the first, then each hundredth", async () => {
    const { slot, env, apply } = makeSlot();
    const mixer = apply({ reportBatchMaxTime: { seconds: 2n, nanos: 0 } });
    mixer.onReport = () => Promise.reject(new CallFailure(14, 'gone'));
    slot.client!.report(request);
    await env.time.advance(1999);
    assert.equal(mixer.reports.length, 0);
    await env.time.advance(1);
    assert.equal(mixer.reports.length, 1);
    assert.deepEqual(env.warnings, ['reports to mixer failed']);
    for (let i = 0; i < 99; i++) {
      slot.client!.report(request);
      await env.time.advance(2000);
    }
    assert.equal(env.warnings.length, 1);
    await slot.close();
    assert.equal(env.time.pending, 0);
  });
});
