import assert from 'node:assert/strict';
import { it } from 'node:test';

import { CallError, connectMixer } from '../../../src/cli/client/connect.js';
import { ReportRequest } from '../../../src/gen/istio/mixer/v1/report.js';
import { MixerError } from '../../../src/util/errors.js';

it('refuses what is no address as USAGE', () => {
  assert.throws(
    () => connectMixer(''),
    (error) => error instanceof MixerError && error.code === 'USAGE',
  );
});

it('says which address has no port, and of which that is no fault', () => {
  for (const target of ['mixer', 'tcp://mixer', '127.0.0.1', '[::1]', 'mixer:'])
    assert.throws(() => connectMixer(target), { code: 'USAGE', rawMessage: /has no port/ }, target);
  for (const target of [
    'mixer:9091',
    'tcp://mixer:9091',
    '[::1]:9091',
    'unix:///run/mixer',
    'unix:mixer',
    'dns:///mixer',
  ])
    connectMixer(target).close();
});

it('tells why a call got no answer, and nothing more', async () => {
  const mixer = connectMixer('unix:///no/such/socket');
  try {
    const call = mixer.report(ReportRequest.create());
    await assert.rejects(call, (error) => {
      assert(error instanceof CallError);
      assert.match(error.message, /^UNAVAILABLE: .*ENOENT \/no\/such\/socket\.?$/);
      return true;
    });
  } finally {
    mixer.close();
  }
});
