import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import statsd from 'fairlead/adapters/statsd';
import { Duration, type Instance, type Value } from 'fairlead/sdk';
import { metric } from 'fairlead/templates';
import { decodeParams, fakeCall, fakeEnv, sampleInstance, sampleTypes } from 'fairlead/testing';
import { eventually, peer } from '../support/peer.js';
import { Program } from '../support/program.js';
import { tempFolder } from '../support/temp-folder.js';

const instance = (name: string, value: Value, dimensions: Readonly<Record<string, Value>> = {}) =>
  sampleInstance(metric, { name, value, dimensions });

/** A UDP port of 127.0.0.1 that was free a moment ago. */
async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}

/** Starts collectd with its statsd plugin; what it gathered is read from the files it writes each second. */
async function startCollectd(folder: string, port: number) {
  const file = join(folder, 'collectd.conf');
  writeFileSync(file, configuration(folder, port));
  const collectd = new Program('collectd', ['-f', '-C', file]);
  await eventually(async () => {
    collectd.assertRunning();
    return collectd.output.includes('Initialization complete') || undefined;
  });
  const gathered = join(folder, 'data', 'here', 'statsd');
  return {
    /** The newest value of `derive-<name>` and the like. */
    value: async (name: string): Promise<number | undefined> => {
      const found = readdirSync(gathered).find((one) => one.startsWith(`${name}-2`));
      if (found === undefined) return undefined;
      const rows = readFileSync(join(gathered, found), 'utf8').trim().split('\n');
      return Number(rows.at(-1)!.split(',')[1]);
    },
    names: () => readdirSync(gathered).map((one) => one.replace(/-\d{4}-\d\d-\d\d$/, '')),
    stop: () => collectd.stop(),
  };
}

const configuration = (folder: string, port: number): string => `
Hostname "here"
FQDNLookup false
Interval 1
BaseDir "${folder}"
PIDFile "${folder}/pid"
LoadPlugin statsd
LoadPlugin csv
<Plugin statsd>
  Host "127.0.0.1"
  Port "${port}"
  TimerUpper true
  TimerCount true
</Plugin>
<Plugin csv>
  DataDir "${folder}/data"
  StoreRates false
</Plugin>
`;

async function send(params: string, instances: readonly Instance<typeof metric>[]): Promise<void> {
  const { config, problems } = decodeParams(statsd, params);
  assert.deepEqual(problems, []);
  const types = { metric: new Map(instances.map((one) => [one.name, sampleTypes(metric, one)])) };
  const handler = await statsd.build({ name: 'h', config, types, env: fakeEnv() });
  await handler.handleMetric(instances, fakeCall());
  await handler.close?.();
}

describe('statsd with collectd', peer('collectd', 'apt-get install collectd-core'), () => {
  it('counts, measures and times what arrives, and nothing that a request made up', async () => {
    const port = await freeUdpPort();
    const collectd = await startCollectd(tempFolder(), port);
    try {
      const dimensions = { service: 'reviews', code: 200n };
      await send(
        `
address: "localhost:${port}"
prefix: mesh
metrics:
  requests: { type: COUNTER, nameTemplate: "{{.service}}.{{.code}}" }
  queue: { type: GAUGE }
  below: { type: GAUGE }
  latency: { type: DISTRIBUTION, nameTemplate: '{{.service | printf "%.3s"}}.latency' }
  size: { type: DISTRIBUTION }
  hostile: { type: COUNTER, nameTemplate: "{{.a}}" }
`,
        [
          instance('requests', 3n, dimensions),
          instance('requests', 4n, dimensions),
          instance('queue', 12n),
          instance('below', -7n),
          instance('below', -9n),
          instance('latency', Duration.fromMillis(1500), dimensions),
          instance('latency', Duration.fromMillis(500), dimensions),
          instance('size', 10n),
          instance('hostile', 1n, { a: 'x:1|c\nmesh.queue:99|g\n' }),
        ],
      );
      const values = await eventually(async () => {
        const names = ['derive-mesh.reviews.200', 'gauge-mesh.queue', 'gauge-mesh.below', 'derive-mesh.size'];
        const found = await Promise.all([...names, 'derive-mesh.x_1_c_mesh.queue_99_g_'].map(collectd.value));
        return found.every((value) => value !== undefined) ? found : undefined;
      });
      assert.deepEqual(values, [7, 12, -9, 10, 1]);
      const timed = collectd.names().filter((name) => name.includes('latency'));
      assert.deepEqual(timed.sort(), [
        'gauge-mesh.rev.latency-count',
        'latency-mesh.rev.latency-average',
        'latency-mesh.rev.latency-upper',
      ]);
    } finally {
      await collectd.stop();
    }
  });

  it('learns the true number from a sample', async () => {
    const port = await freeUdpPort();
    const collectd = await startCollectd(tempFolder(), port);
    try {
      const values = Array.from({ length: 1_000 }, () => instance('sampled', 1n));
      await send(`address: "127.0.0.1:${port}"\nsamplingRate: 0.5\nmetrics: { sampled: { type: COUNTER } }`, values);
      const count = await eventually(() => collectd.value('derive-sampled'));
      // Six times the standard deviation to either side.
      assert(count % 2 === 0 && count > 800 && count < 1_200, String(count));
    } finally {
      await collectd.stop();
    }
  });
});
