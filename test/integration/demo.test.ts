import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';

import { runCli, RunningCli } from '../support/cli-process.js';

describe('fairlead demo', () => {
  it('shows what was decided and why, and ends with --once', async () => {
    const { code, stdout, stderr } = await runCli(['demo', '--once']);
    assert.equal(code, 0, stderr);
    assert.equal(stderr, '');
    const rows = [
      /storefront v1 takes payments +40 +40 +0$/,
      /storefront v3 takes payments +40 +0 +40\n +PERMISSION_DENIED \(not-yet\.shop:/,
      /storefront reads the ledger +30 +0 +30\n +PERMISSION_DENIED \(ledger-clients\.shop:storefront is not whitelisted\)/,
      /a shopper searches a lot +80 +50 +30\n +quota 'searches' is used up/,
      /a crawler searches +20 +5 +15\n +quota/,
      /300 checks and as many reports/,
      /shop_requests_total\{response_code="403",service="payments",source="storefront",version="v3"\} 40$/,
      /access\.log, 300 lines/,
    ];
    for (const row of rows) assert.match(stdout, new RegExp(row.source, 'm'));
    assert.ok(!stdout.includes('\u001b'), 'no colours where there is no terminal');
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
  });
});
