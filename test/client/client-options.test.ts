import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { type MixerClientOptions, resolveOptions } from '../../src/client/client-options.js';
import { ScriptedMixer } from './support/scripted-mixer.js';

const resolve = (given: Partial<MixerClientOptions>) => {
  const settings = resolveOptions({ transport: new ScriptedMixer(), ...given });
  const { transport: _, reportTransport: __, time: ___, random: ____, ...numbers } = settings;
  return numbers;
};

describe('the options of a client (1.1)', () => {
  it('have the defaults of a mesh', () => {
    assert.deepEqual(resolve({}), {
      checkCacheSize: 10_000,
      quotaCacheSize: 10_000,
      failOpen: false,
      maxRetry: 0,
      baseRetryWait: 80,
      maxRetryWait: 1000,
      batchEntries: 100,
      batchMillis: 1000,
      statsInterval: 10_000,
    });
  });

  it('take 0 for a batch as the default, as Istio does', () => {
    const { batchEntries, batchMillis } = resolve({ reportBatchMaxEntries: 0, reportBatchMaxMillis: 0 });
    assert.deepEqual([batchEntries, batchMillis], [100, 1000]);
  });

  it('are durations of whole milliseconds, of a day at most', () => {
    const { baseRetryWait, maxRetryWait, batchMillis, statsInterval } = resolve({
      networkFailPolicy: { baseRetryWaitMillis: 10.9, maxRetryWaitMillis: 5 },
      reportBatchMaxMillis: 1e12,
      statsUpdateIntervalMillis: 1e12,
    });
    assert.deepEqual([baseRetryWait, maxRetryWait, batchMillis, statsInterval], [10, 10, 86_400_000, 86_400_000]);
  });
});
