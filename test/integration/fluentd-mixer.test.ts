import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { Duration, Timestamp } from 'fairlead/sdk';
import { createMixer, type Mixer } from '../../src/index.js';
import { startForwardServer, startRawServer } from '../support/forward-server.js';
import { freePort } from '../support/peer.js';

const open: (() => Promise<void>)[] = [];

async function startMixer(yaml: string): Promise<Mixer> {
  const mixer = await createMixer({ config: { yaml } });
  open.push(() => mixer.close());
  assert.deepEqual(mixer.diagnostics, []);
  return mixer;
}

// What bookinfo has its entries say, as a spec, below `params` or not.
const entry = (indent: string): string =>
  [
    `severity: '"info"'`,
    'timestamp: request.time',
    `monitored_resource_type: '"UNSPECIFIED"'`,
    'variables:',
    '  source: source.labels["app"] | source.workload.name | "unknown"',
    '  user: source.user | "unknown"',
    '  destination: destination.labels["app"] | destination.workload.name | "unknown"',
    '  responseCode: response.code | 0',
    '  responseSize: response.size | 0',
    '  latency: response.duration | "0ms"',
  ]
    .map((line) => `${indent}${line}\n`)
    .join('');

const current = (params: string): string => `
kind: handler
metadata: { name: fluentd, namespace: istio-system }
spec:
  compiledAdapter: fluentd
  params: { ${params} }
---
kind: instance
metadata: { name: newlog, namespace: istio-system }
spec:
  compiledTemplate: logentry
  params:
${entry('    ')}
---
kind: rule
metadata: { name: log, namespace: istio-system }
spec: { match: "true", actions: [{ handler: fluentd, instances: [newlog] }] }
`;

const legacy = (params: string): string => `
kind: fluentd
metadata: { name: handler, namespace: istio-system }
spec: { ${params} }
---
kind: logentry
metadata: { name: newlog, namespace: istio-system }
spec:
${entry('  ')}
---
kind: rule
metadata: { name: log, namespace: istio-system }
spec: { match: "true", actions: [{ handler: handler.fluentd, instances: [newlog.logentry] }] }
`;

describe('fluentd in a mixer', () => {
  afterEach(async () => {
    for (const end of open.splice(0).reverse()) await end();
  });

  for (const [form, yaml, tag] of [
    ['handlers and instances', current, 'newlog.instance.istio-system'],
    ['legacy kinds', legacy, 'newlog.logentry.istio-system'],
  ] as const) {
    it(`delivers what bookinfo reports: ${form}`, async () => {
      const server = await startForwardServer();
      open.push(() => server.close());
      const mixer = await startMixer(yaml(`address: "${server.address}"`));
      const started = new Timestamp(1_548_496_421, 0);
      await mixer.report([
        {
          'request.time': started,
          'source.labels': new Map([['app', 'productpage']]),
          'destination.workload.name': 'reviews-v1',
          'response.code': 200n,
          'response.size': 379n,
          'response.duration': Duration.fromMillis(13),
        },
        { 'request.time': started },
      ]);
      // Closing brings out what waits.
      await mixer.close();
      const [first, second] = await server.received(2);
      const both = { user: 'unknown', severity: 'info' };
      const sizes = { responseCode: 200, responseSize: 379, latency: '13ms' };
      const record = { ...both, ...sizes, source: 'productpage', destination: 'reviews-v1' };
      assert.deepEqual(first, { tag, time: started.seconds, record });
      const nothing = { source: 'unknown', destination: 'unknown', responseCode: 0, responseSize: 0, latency: '0s' };
      assert.deepEqual(second!.record, { ...both, ...nothing });
    });
  }

  it('answers reports as fast without a server as with one', async () => {
    const well = await startForwardServer();
    open.push(() => well.close());
    const hanging = await startRawServer((socket) => socket.pause());
    open.push(() => hanging.close());
    // A machine that does other things holds some up; who waits for the server does so each time.
    const median = async (address: string): Promise<number> => {
      const params = `address: "${address}", pushIntervalDuration: 10ms, instanceBufferSize: 100`;
      const mixer = await startMixer(current(params));
      const times: number[] = [];
      for (let round = 0; round < 3000; round += 1) {
        const begin = performance.now();
        // The buffer of a dead server is full soon, and that is said at once too.
        await mixer.report([{ 'request.time': new Timestamp(round, 0) }]).catch(() => undefined);
        times.push(performance.now() - begin);
        await new Promise((resolve) => setImmediate(resolve));
      }
      return times.sort((a, b) => a - b)[times.length / 2]!;
    };
    const withServer = await median(well.address);
    for (const address of [hanging.address, `127.0.0.1:${await freePort()}`]) {
      const without = await median(address);
      assert.ok(without < Math.max(5, 3 * withServer), `${without} ms without, ${withServer} ms with`);
    }
  });
});
