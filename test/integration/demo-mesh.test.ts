import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';

import { runCli, RunningCli } from '../support/cli-process.js';

describe('fairlead demo-mesh', () => {
  it('shows what each rule does, and ends with --once', { timeout: 180_000 }, async () => {
    const { code, stdout, stderr } = await runCli(['demo-mesh', '--once']);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    const [, v1, v2] = /500 requests, answered by: reviews-v1 (\d+), reviews-v2 (\d+)$/m.exec(stdout) ?? [];
    assert.equal(Number(v1) + Number(v2), 500);
    // 50 within 5 sigma.
    assert(Number(v2) > 16 && Number(v2) < 84, `${v2} of 500 to v2`);
    const [, millis, half] =
      /after (\d+) ms, 200 requests, answered by: reviews-v1 (\d+), reviews-v2 \d+$/m.exec(stdout) ?? [];
    // Half a second where nothing else runs.
    assert(Number(millis) < 20_000, `the change took ${millis} ms`);
    assert(Number(half) > 64 && Number(half) < 136, `${half} of 200 to v1`);
    const rows = [
      /20 requests of jason, answered by: reviews-v2 20$/,
      /20 requests of tester, by status: 418 20; reviews saw 0 of them$/,
      /20 requests, answered by: catalogue-v1 20; catalogue-v2 saw 20 copies$/,
      /40 payments, by status: 200 37, 502 3; ejected: 127\.0\.0\.17:\d+$/,
      /50 searches of greedy, by status: 200 20, 429 30$/,
      /10 searches of modest, by status: 200 10$/,
      /a stranger within the network: 403 PERMISSION_DENIED:not-you\.istio-system:only the storefront takes payments$/,
      /destination="kubernetes:\/\/catalogue-v1\.shop",response_code="429",source="kubernetes:\/\/storefront-v1\.shop"\} 30$/,
      /destination="kubernetes:\/\/payments-v2\.shop",response_code="502",source="kubernetes:\/\/storefront-v1\.shop"\} 3$/,
      /destination="kubernetes:\/\/storefront-v1\.shop",response_code="418",source="kubernetes:\/\/gateway\.shop"\} 20$/,
    ];
    for (const row of rows) assert.match(stdout, new RegExp(row.source, 'm'));
    assert(!stdout.includes('\u001b'), 'no colours where there is no terminal');
  });

  it('stays up, with a gateway to ask, until it is interrupted', { timeout: 180_000 }, async () => {
    const demo = new RunningCli(['demo-mesh']);
    try {
      const [, folder = ''] = await demo.waitFor(/sed -i .* (\/\S+)\/traffic\.yaml/);
      const [, url = ''] = /(http:\/\/127\.0\.0\.1:\d+)\/reviews\/1/.exec(demo.output) ?? [];
      await demo.waitFor(/Ctrl-C ends the demo/);
      // Nobody is served whose host the gateway does not know; fetch cannot name another one.
      assert.equal((await fetch(`${url}/reviews/1`)).status, 404);
      const [, admin = ''] = /(http:\/\/127\.0\.0\.1:\d+)\/stats\/prometheus/.exec(demo.output) ?? [];
      const page = await (await fetch(`${admin}/stats/prometheus`)).text();
      assert.match(page, /^envoy_server_live 1$/m);
      assert.match(page, /^mesh_requests_total\{/m);
      assert(existsSync(folder));
      assert.equal((await demo.stop('SIGINT')).code, 0);
      assert(!existsSync(folder));
    } finally {
      demo.signal('SIGKILL');
    }
  });
});
