import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { RunningCli, runCli } from '../support/cli-process.js';
import { tempFolder } from '../support/temp-folder.js';

describe('fairlead mixer', () => {
  const folder = tempFolder({ 'empty.yaml': '' });
  const store = ['--configStoreURL', `fs://${folder}`];
  const quiet = ['--monitoringPort', '0', '--prometheusAddress', '127.0.0.1:0'];

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    it(`stops in good order on ${signal}`, async () => {
      const socket = join(folder, 'stop.sock');
      const server = new RunningCli(['mixer', ...store, ...quiet, '--address', `unix://${socket}`]);
      await server.waitFor(/serving Check and Report/);
      const { code } = await server.stop(signal);
      assert.equal(code, 0, server.output);
      assert.match(server.output, new RegExp(`stopping on ${signal}[^]*stopped`));
      assert.ok(!existsSync(socket));
    });
  }

  it('tells settings, version and ports, and which flags have no effect', async () => {
    const server = new RunningCli([
      'mixer',
      ...store,
      ...quiet,
      ...['-p', '0', '--singleThreaded', '--useAdapterCRDs=false', '--trace_zipkin_url', 'http://z', '--log_as_json'],
    ]);
    await server.waitFor(/serving monitoring/);
    await server.stop();
    const lines = server.output
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { msg: string; level: string });
    assert.match(lines[0]?.msg ?? '', /--port=0 .*--configDefaultNamespace=istio-system/);
    assert.deepEqual(
      lines.filter(({ level }) => level === 'warn').map(({ msg }) => msg.split(' ', 1)[0]),
      ['--singleThreaded', '--useAdapterCRDs', '--trace_zipkin_url'],
    );
    assert.ok(lines.some(({ msg }) => /^fairlead \d+\.\d+\.\d+, Node v/.test(msg)));
  });

  it('keeps probe files fresh while it is ready, which fairlead probe sees', async () => {
    const probe = join(folder, 'ready');
    const server = new RunningCli([
      'mixer',
      ...store,
      ...quiet,
      ...[
        '--address',
        `unix://${join(folder, 'probe.sock')}`,
        '--readinessProbePath',
        probe,
        '--readinessProbeInterval',
        '1h',
      ],
    ]);
    await server.waitFor(/serving monitoring/);
    while (!existsSync(probe)) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(readFileSync(probe, 'utf8'), '');
    assert.equal((await runCli(['probe', '--probe-path', probe, '--interval', '1h'])).code, 0);
    await server.stop();
    assert.ok(!existsSync(probe));
    assert.equal((await runCli(['probe', '--probe-path', probe, '--interval', '1h'])).code, 1);
  });

  const refused: [what: string, args: string[], says: RegExp][] = [
    ['a store of an unknown scheme', ['--configStoreURL', 'ftp://x'], /not a config store/],
    ['the Kubernetes store', ['--configStoreURL', 'k8s://'], /not supported yet/],
    ['the MCP store', ['--configStoreURL', 'mcp://galley:9901'], /not supported yet/],
    ['a port out of range', [...store, '--port', '70000'], /65535/],
    ['a size of zero', [...store, '--maxMessageSize', '0'], /at least 1/],
    ['an address without a port', [...store, '--address', 'localhost'], /host:port/],
    ['a log level that is none', [...store, '--log_output_level', 'default:loud'], /log level/],
    ['a timeout that is none', [...store, '--adapterTimeout', '5'], /duration/],
  ];
  for (const [what, args, says] of refused) {
    it(`refuses ${what} with exit code 2`, async () => {
      const { code, stderr } = await runCli(['mixer', ...args]);
      assert.equal(code, 2, stderr);
      assert.match(stderr, says);
    });
  }

  it('exits 1 when the address is taken or an adapter cannot be loaded', async () => {
    const address = ['--address', `unix://${join(folder, 'no/such/folder/x.sock')}`];
    const taken = await runCli(['mixer', ...store, ...quiet, ...address]);
    assert.equal(taken.code, 1, taken.stderr);
    assert.match(taken.stderr, /cannot listen on unix:/);
    const missing = await runCli(['mixer', ...store, ...quiet, '--adapter', './no-such-adapter.js']);
    assert.equal(missing.code, 1, missing.stderr);
    assert.match(missing.stderr, /no-such-adapter/);
  });
});
