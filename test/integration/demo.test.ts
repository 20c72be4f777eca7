import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';

import { runCli, RunningCli } from '../support/cli-process.js';
import { peer } from '../support/peer.js';

describe('fairlead demo', () => {
  it('shows what was decided and why, and ends with --once', async () => {
    // As where there is no Prometheus.
    const { code, stdout, stderr } = await runCli(['demo', '--once'], '', { PATH: '/nowhere' });
    assert.equal(code, 0, stderr);
    assert.equal(stderr, '');
    const rows = [
      /storefront v1 takes payments +40 +40 +0$/,
      /storefront v3 takes payments +40 +0 +40\n +PERMISSION_DENIED \(not-yet\.shop:/,
      /storefront reads the ledger +30 +0 +30\n +PERMISSION_DENIED \(ledger-clients\.shop:storefront is not whitelisted\)/,
      /a shopper searches a lot +80 +50 +30\n +quota 'searches' is used up/,
      /a crawler searches +20 +5 +15\n +quota/,
      /shoppers open the storefront +50 +50 +0$/,
      /400 checks and 420 reports/,
      /shop_requests_total\{response_code="403",service="payments",source="storefront",version="v3"\} 40$/,
      /access\.log, 380 lines/,
      /^There is no Prometheus on the PATH; .*$/,
    ];
    for (const row of rows) assert.match(stdout, new RegExp(row.source, 'm'));
    assert.ok(!stdout.includes('\u001b'), 'no colours where there is no terminal');
  });

  it('ends with what a real Prometheus has scraped', peer('prometheus', 'apt-get install prometheus'), async () => {
    const { code, stdout, stderr } = await runCli(['demo', '--once']);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    const [, url = '', shown = ''] = /^Prometheus at (\S+) has scraped it.*\n([\s\S]+)$/m.exec(stdout) ?? [];
    for (const row of [
      /^ +payments +200 +40$/m,
      /^ +payments +403 +40$/m,
      /^ +rates +503 +6$/m,
      /^ +reviews +70\.0 ms$/m,
    ])
      assert.match(shown, row);
    await assert.rejects(fetch(`${url}/-/ready`), 'it ends with the demo');
  });

  it('stays up, with commands that work as printed, until it is interrupted', async () => {
    const demo = new RunningCli(['demo']);
    await demo.waitFor(/Ctrl-C ends the demo/);
    const commands = demo.output.split('\n').filter((line) => / check -m /.test(line));
    const run = (line: string): ReturnType<typeof runCli> =>
      runCli(
        line
          .slice(line.indexOf(' check -m ') + 1)
          .replaceAll('"', '')
          .split(' '),
      );
    const [v3, v2, searches] = await Promise.all(commands.map(run));
    assert.match(v3?.stdout ?? '', /PERMISSION_DENIED/);
    assert.match(v2?.stdout ?? '', /status was OK/);
    assert.match(searches?.stdout ?? '', /searches +50 /);
    const folder = /in (\/\S+)\/access\.log/.exec(demo.output)?.[1] ?? '';
    assert.ok(existsSync(folder));
    assert.equal((await demo.stop('SIGINT')).code, 0);
    assert.ok(!existsSync(folder));
    const [, url] = /Prometheus at (\S+)/.exec(demo.output) ?? [];
    if (url !== undefined) await assert.rejects(fetch(`${url}/-/ready`), 'it ends with the demo');
  });
});
