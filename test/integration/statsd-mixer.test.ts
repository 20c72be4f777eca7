import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Duration, Timestamp, type Value } from 'fairlead/sdk';
import { createMixer } from '../../src/index.js';
import { openReceiver } from '../adapters/statsd/receiver.js';
import { eventually } from '../support/peer.js';

const config = (address: string): string => `
kind: instance
metadata: { name: count, namespace: istio-system }
spec:
  compiledTemplate: metric
  params:
    value: response.size | 0
    dimensions: { path: request.path | "", at: 'request.time | timestamp("2017-01-01T00:00:00Z")' }
---
kind: instance
metadata: { name: time, namespace: istio-system }
spec: { compiledTemplate: metric, params: { value: response.duration | "0ms", dimensions: {} } }
---
kind: handler
metadata: { name: statsd, namespace: istio-system }
spec:
  compiledAdapter: statsd
  params:
    address: "${address}"
    prefix: mesh
    metrics:
      count.instance.istio-system: { type: COUNTER, nameTemplate: '{{.path}}-{{.at}}' }
      time.instance.istio-system: { type: DISTRIBUTION, nameTemplate: latency }
---
kind: rule
metadata: { name: all, namespace: istio-system }
spec: { actions: [ { handler: statsd, instances: [ count, time ] } ] }
`;

it('statsd in a mixer sends lines that a server can read, whatever a request says', async () => {
  const receiver = await openReceiver();
  const mixer = await createMixer({ config: { yaml: config(`127.0.0.1:${receiver.port}`) } });
  try {
    assert.deepEqual(mixer.diagnostics, []);
    const odd: readonly Readonly<Record<string, Value>>[] = [
      { 'request.path': 'a:1|c\nb:2|g', 'response.size': -(2n ** 63n) },
      { 'request.path': 'ä'.repeat(2 ** 20), 'response.duration': new Duration(-1, 0) },
      { 'request.path': '/', 'request.time': new Timestamp(-62_167_219_200, 0), 'response.size': 2n ** 63n - 1n },
    ];
    await mixer.report(odd);
    await mixer.close();
    const lines = await eventually(() => {
      const all = receiver.packets.join('\n').split('\n');
      return Promise.resolve(all.length >= 6 ? all : undefined);
    });
    assert.equal(lines.length, 6);
    for (const line of lines) assert.match(line, /^mesh\.[^:|\n]{1,520}:-?\d+(?:\.\d+)?\|(?:c|ms)$/);
    assert.ok(
      lines.some((line) => line.startsWith('mesh.a_1_c_b_2_g-2017-01-01') && line.endsWith(`:-${2n ** 63n}|c`)),
    );
    assert.ok(lines.some((line) => line.startsWith('mesh./-0000-01-01') && line.endsWith(`:${2n ** 63n - 1n}|c`)));
  } finally {
    await mixer.close();
    receiver.close();
  }
});
