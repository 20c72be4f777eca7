import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { createClusterTransport, type MixerEndpoint } from '../../../src/cli/proxy/cluster-transport.js';
import { type CheckAnswer, createMixerClient } from '../../../src/client/index.js';
import { allow, deny, ScriptedMixer } from '../../client/support/scripted-mixer.js';
import { deferred } from '../../support/deferred.js';

const at = (...names: string[]): MixerEndpoint[] => names.map((name) => ({ name, address: name.split(':')[0]! }));
const fresh = { validUseCount: 0 };

function rig(first: readonly MixerEndpoint[]) {
  const state = { endpoints: first };
  const mixers = new Map<string, ScriptedMixer>();
  const transport = createClusterTransport(
    'outbound|9091||mixer',
    () => state.endpoints,
    (target) => {
      const mixer = new ScriptedMixer(() => allow(fresh));
      mixers.set(target, mixer);
      return mixer;
    },
  );
  const client = createMixerClient({ transport, disableReportBatch: true });
  return { state, mixers, client, code: async () => (await client.check(new Map())).status.code };
}

describe('the way to the Mixer of a cluster', () => {
  it('follows the endpoints, and closes the former way', async () => {
    const { state, mixers, client, code } = rig(at('10.0.0.1:9091', '10.0.0.2:9091'));
    assert.equal(await code(), 0);
    assert.equal(await code(), 0);
    state.endpoints = at('10.0.0.3:9091');
    assert.equal(await code(), 0);
    assert.deepEqual(
      [...mixers].map(([target, { checks, closed }]) => [target, checks.length, closed]),
      [
        ['10.0.0.1:9091,10.0.0.2:9091', 2, 1],
        ['10.0.0.3:9091', 1, 0],
      ],
    );
    await client.close();
    assert.equal(mixers.get('10.0.0.3:9091')?.closed, 1);
  });

  it('stays where it is for the same endpoints in another list, and when there are none for a while', async () => {
    const { state, mixers, code } = rig(at('10.0.0.1:9091'));
    await code();
    state.endpoints = at('10.0.0.1:9091');
    await code();
    state.endpoints = [];
    assert.equal(await code(), 0);
    assert.deepEqual([...mixers.keys()], ['10.0.0.1:9091']);
    assert.equal(mixers.get('10.0.0.1:9091')?.checks.length, 3);
  });

  it('lets a call at a former endpoint end', async () => {
    const { state, mixers, client, code } = rig(at('10.0.0.1:9091'));
    await code();
    const former = mixers.get('10.0.0.1:9091')!;
    const answer = deferred<CheckAnswer>();
    former.script = () => answer.promise;
    const waiting = client.check(new Map());
    await new Promise((resolve) => setImmediate(resolve));
    state.endpoints = at('10.0.0.2:9091');
    await code();
    assert.equal(former.closed, 0);
    answer.resolve(deny(7, 'late', fresh));
    assert.equal((await waiting).status.message, 'late');
    assert.equal(former.closed, 1);
  });

  it('fails a call at once when there never were endpoints, and finds them when they come', async () => {
    const { state, code } = rig([]);
    assert.equal(await code(), 14);
    state.endpoints = at('10.0.0.1:9091');
    assert.equal(await code(), 0);
  });

  it('reaches a socket', async () => {
    const { mixers, code } = rig([{ address: 'unix:///run/mixer.sock', name: '/run/mixer.sock' }]);
    await code();
    assert.deepEqual([...mixers.keys()], ['unix:///run/mixer.sock']);
  });
});
