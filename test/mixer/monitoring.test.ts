import assert from 'node:assert/strict';
import { it } from 'node:test';

import { openMonitoring } from '../../src/mixer/monitoring.js';
import { RpcStats } from '../../src/mixer/rpc-stats.js';

it('openMonitoring() says why it is not ready until it is', async () => {
  let reason: string | undefined = 'no configuration is live';
  const monitoring = await openMonitoring(
    { host: '127.0.0.1', port: 0 },
    { version: '1', rpcs: [new RpcStats('a/B')], runtimeMetrics: () => 'mine 1\n', notReady: () => reason },
  );
  const get = async (path: string): Promise<[number, string]> => {
    const response = await fetch(monitoring.endpoint.url + path);
    return [response.status, await response.text()];
  };
  assert.deepEqual(await get('/readyz'), [503, 'not ready: no configuration is live\n']);
  assert.deepEqual(await get('/healthz'), [200, 'ok\n']);
  reason = undefined;
  assert.deepEqual(await get('/readyz'), [200, 'ready\n']);
  const [, metrics] = await get('/metrics');
  assert.match(metrics, /^mine 1$/m);
  assert.doesNotMatch(metrics, /grpc_io_server_completed_rpcs\{/, 'nothing is shown of what never happened');
  await monitoring.close();
  await assert.rejects(fetch(monitoring.endpoint.url));
});
