import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { Duration, Timestamp, type Value } from 'fairlead/sdk';
import { createMixer, type Mixer } from '../../src/index.js';
import { build, instance } from '../adapters/dogstatsd/setup.js';
import { openReceiver } from '../adapters/statsd/receiver.js';
import { eventually } from '../support/peer.js';

const config = (address: string): string => `
kind: instance
metadata: { name: count, namespace: istio-system }
spec:
  compiledTemplate: metric
  params:
    value: "1"
    dimensions: { path: request.path | "", code: response.code | 0, time: 'request.time | timestamp("2017-01-01T00:00:00Z")' }
---
kind: instance
metadata: { name: size, namespace: istio-system }
spec: { compiledTemplate: metric, params: { value: response.size | 0, dimensions: { } } }
---
kind: instance
metadata: { name: time, namespace: istio-system }
spec: { compiledTemplate: metric, params: { value: response.duration | "0ms", dimensions: { } } }
---
kind: handler
metadata: { name: agent, namespace: istio-system }
spec:
  compiledAdapter: dogstatsd
  params:
    address: "${address}"
    prefix: mesh
    globalTags: { cluster: a }
    metrics:
      count.instance.istio-system: { name: requests, type: COUNTER }
      size.instance.istio-system: { name: size, type: GAUGE }
      time.instance.istio-system: { name: latency, type: DISTRIBUTION }
---
kind: rule
metadata: { name: all, namespace: istio-system }
spec: { actions: [ { handler: agent, instances: [ count, size, time ] } ] }
`;

async function start(address: string): Promise<Mixer> {
  const mixer = await createMixer({ config: { yaml: config(address) } });
  assert.deepEqual(mixer.diagnostics, []);
  return mixer;
}

// What an agent of Datadog reads: name, value, type, rate, tags.
const grammar = /^[^:|@#]+:-?\d+(?:\.\d+)?\|(?:c|g|h|ms)(?:\|@[\d.]+)?(?:\|#[^|#,]+(?:,[^|#,]+)*)?$/;

describe('dogstatsd in a mixer', () => {
  it('sends what the mesh reports, with the tags of its dimensions', async () => {
    const receiver = await openReceiver();
    const mixer = await start(`127.0.0.1:${receiver.port}`);
    try {
      await mixer.report([
        {
          'request.path': '/reviews',
          'response.code': 503n,
          'request.time': new Timestamp(1_767_225_600, 0),
          'response.size': 2048n,
          'response.duration': Duration.fromMillis(12.5),
        },
      ]);
      await eventually(() => Promise.resolve(receiver.packets.join('\n').split('\n').length === 3 || undefined));
      assert.deepEqual(receiver.packets.join('\n').split('\n').sort(), [
        'mesh.latency:12.500000|ms|#cluster:a',
        'mesh.requests:1|c|#cluster:a,path:/reviews,code:503,time:2026-01-01T00:00:00.000000Z',
        'mesh.size:2048.000000|g|#cluster:a',
      ]);
    } finally {
      await mixer.close();
      receiver.close();
    }
  });

  it('sends lines that an agent can read, whatever a request says', async () => {
    const receiver = await openReceiver();
    const mixer = await start(`127.0.0.1:${receiver.port}`);
    const odd: readonly Readonly<Record<string, Value>>[] = [
      { 'request.path': 'x|c|#a:b\nmesh.size:9|g', 'response.size': -(2n ** 63n) },
      { 'request.path': `\u0000\u2028${'ä'.repeat(2 ** 20)}`, 'response.duration': new Duration(-1, 0) },
      { 'request.time': new Timestamp(-62_167_219_200, 0), 'response.duration': new Duration(315_576_000_000, 0) },
    ];
    try {
      await mixer.report(odd);
      await mixer.close();
      const lines = await eventually(() => {
        const all = receiver.packets.join('\n').split('\n');
        return Promise.resolve(all.length >= 9 ? all : undefined);
      });
      assert.equal(lines.length, 9);
      for (const line of lines) assert.match(line, grammar);
      assert.ok(lines.includes('mesh.size:-9223372036854775808.000000|g|#cluster:a'));
      assert.ok(lines.some((line) => line.includes('time:0000-01-01T00:00:00.000000Z')));
    } finally {
      await mixer.close();
      receiver.close();
    }
  });

  it('takes reports when nobody listens, and goes on when somebody does', async () => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const { port } = socket.address();
    socket.close();
    const mixer = await start(`127.0.0.1:${port}`);
    try {
      for (let round = 0; round < 200; round += 1) await mixer.report([{}]);
      const receiver = createSocket('udp4').bind(port, '127.0.0.1');
      let packets = 0;
      receiver.on('message', () => (packets += 1));
      await once(receiver, 'listening');
      await eventually(async () => {
        await mixer.report([{}]);
        return packets > 0 || undefined;
      });
      receiver.close();
    } finally {
      await mixer.close();
    }
  });

  it('takes reports for a host without an address, counts what it loses, and closes', async () => {
    const one = instance('m', 1n);
    const built = await build('address: "agent.invalid:8125"\nmetrics: { m: { type: COUNTER } }', [one]);
    const begin = process.cpuUsage();
    for (let round = 0; round < 2000; round += 1) built.record(one);
    assert.ok(process.cpuUsage(begin).user < 2_000_000);
    let closed = false;
    const closing = built.close().then(() => (closed = true));
    await eventually(async () => {
      await built.env.clock.advance(1000);
      return closed || undefined;
    });
    await closing;
    const failed = [...built.env.measured].filter(([name]) => name.startsWith('failed_packets_total'));
    assert.ok(failed.reduce((sum, [, count]) => sum + count, 0) >= 2000, JSON.stringify(failed));
    assert.match(JSON.stringify(built.env.logged), /ENOTFOUND|EAI_AGAIN|no address/);
  });
});
