import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import prometheus from 'fairlead/adapters/prometheus';
import { Duration, type Log, Timestamp, type Value } from 'fairlead/sdk';
import { templates } from 'fairlead/templates';
import { Bag } from '../../src/attributes/index.js';
import { parseResources } from '../../src/config/index.js';
import { PrometheusEndpoint } from '../../src/mixer/prometheus-endpoint.js';
import { createHost, Runtime } from '../../src/runtime/index.js';
import { parseText, type Sample } from '../adapters/prometheus/parse-text.js';

const config = `
kind: instance
metadata: { name: count, namespace: istio-system }
spec:
  compiledTemplate: metric
  params:
    value: "1"
    dimensions:
      path: request.path | ""
      labels: source.labels | emptyStringMap()
      at: request.time | timestamp("2017-01-01T00:00:00Z")
---
kind: instance
metadata: { name: time, namespace: istio-system }
spec: { compiledTemplate: metric, params: { value: response.duration | "0ms", dimensions: {} } }
---
kind: instance
metadata: { name: text, namespace: istio-system }
spec: { compiledTemplate: metric, params: { value: request.host | "1", dimensions: {} } }
---
kind: handler
metadata: { name: prometheus, namespace: istio-system }
spec:
  compiledAdapter: prometheus
  params:
    metrics:
    - { name: count, instance_name: count.instance.istio-system, kind: COUNTER, label_names: [ path, labels, at ] }
    - { name: time, instance_name: time.instance.istio-system, kind: DISTRIBUTION }
    - { name: text, instance_name: text.instance.istio-system, kind: GAUGE }
---
kind: rule
metadata: { name: all, namespace: istio-system }
spec: { actions: [ { handler: prometheus, instances: [ count, time, text ] } ] }
`;

const labelOf = (sample: Sample | undefined, name: string) => sample?.labels.find(([label]) => label === name)?.[1];
const nothing = (): void => undefined;
const log: Log = { debugEnabled: false, debug: nothing, info: nothing, warn: nothing, error: nothing };

describe('prometheus and those who scrape it', () => {
  const host = createHost({ log });
  const runtime = new Runtime({ adapters: [prometheus], templates, host });
  const address = { kind: 'tcp', host: '127.0.0.1', port: 0 } as const;
  const endpoint = new PrometheusEndpoint({ address, exposed: host.sources, log });
  let port = 0;

  before(async () => {
    const { resources, diagnostics } = parseResources(config, { file: 'config.yaml', defaultNamespace: 'default' });
    const snapshot = await runtime.load(resources, diagnostics);
    assert.deepEqual(snapshot.diagnostics, []);
    await endpoint.sync();
    port = Number(new URL(endpoint.url!).port);
  });
  after(async () => {
    await endpoint.close();
    await runtime.close();
  });

  async function report(...sets: readonly Readonly<Record<string, Value>>[]): Promise<void> {
    const lease = runtime.acquire();
    try {
      const reporter = lease.reporter();
      for (const set of sets) await reporter.add(Bag.fromValues(lease.vocabulary, Object.entries(set)));
      await reporter.flush();
    } finally {
      lease.release();
    }
  }
  const scrape = async (accept = 'text/plain') =>
    parseText(await (await fetch(endpoint.url!, { headers: { accept } })).text());

  it('gives them text that they can read, whatever a request says', async () => {
    const big = 'ä'.repeat(2 ** 20);
    await report(
      { 'request.path': big },
      { 'request.path': '"\\\n\r\u0000\u2028} 1\n# TYPE x counter' },
      { 'source.labels': new Map([['__proto__', '"\n']]), 'request.time': new Timestamp(-62_167_219_200, 0) },
      { 'response.duration': new Duration(-1, 0), 'request.host': 'NaN' },
      { 'response.duration': new Duration(315_576_000_000, 0), 'request.host': '-Inf' },
    );
    await assert.rejects(report({ 'request.host': 'many' }), /many|number|value/);
    const { samples } = await scrape();
    const counts = samples.filter(({ name }) => name === 'istio_count');
    assert.deepEqual(
      counts.map(({ value }) => value),
      [1, 1, 1, 3],
    );
    assert.equal(labelOf(counts[0], 'path'), big);
    assert.equal(labelOf(counts[1], 'path'), '"\\\n\r\u0000\u2028} 1\n# TYPE x counter');
    assert.equal(labelOf(counts[2], 'at'), '0000-01-01T00:00:00.000000Z');
    assert.equal(samples.find(({ name }) => name === 'istio_time_count')?.value, 6);
    assert.equal(samples.find(({ name }) => name === 'istio_text')?.value, -Infinity);
  });

  it('takes reports while some of them hang, hang up and talk nonsense, and answers the others', async () => {
    const hanging = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const socket = connect(port, '127.0.0.1');
        socket.on('error', nothing);
        await once(socket, 'connect');
        socket.pause();
        socket.write('GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n');
        return socket;
      }),
    );
    const nonsense = connect(port, '127.0.0.1');
    nonsense.on('error', nothing).resume();
    nonsense.write('\u0000\u0001garbage\r\n\r\n');
    await once(nonsense, 'close');
    for (let round = 0; round < 4; round += 1) {
      const leaving = request(endpoint.url!);
      leaving.on('error', nothing).end();
      const [response] = (await once(leaving, 'response')) as [NodeJS.ReadableStream & { destroy(): void }];
      response.destroy();
      await report({ 'request.path': '/after' });
    }
    const { samples } = await scrape();
    assert.equal(samples.find((sample) => labelOf(sample, 'path') === '/after')?.value, 4);
    for (const socket of hanging) socket.destroy();
  });
});
