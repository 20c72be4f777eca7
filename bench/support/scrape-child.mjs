// A server with 100,000 series of 20 labels to scrape: ours through the whole host, or prom-client behind node:http.
import { createServer } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Registry } from 'prom-client';
import prometheus from '../../src/adapters/prometheus/index.js';
import { PrometheusEndpoint } from '../../src/mixer/prometheus-endpoint.js';
import { createHost } from '../../src/runtime/index.js';
import { decodeParams } from '../../src/testing/params.js';

const count = 100_000;
const names = Array.from({ length: 20 }, (_, index) => `label_name_${index.toString().padStart(2, '0')}`);
const labelsOf = (series) => names.map((name, at) => [name, at === 5 ? `value-${series}` : `value-of-${name}`]);

const quiet = { debugEnabled: false, debug() {}, info() {}, warn() {}, error: console.error };

async function ours() {
  const params = { metrics: [{ name: 'c_total', instanceName: 'c', kind: 'COUNTER', labelNames: names }] };
  const { config } = decodeParams(prometheus, JSON.stringify(params));
  const host = createHost({ log: quiet });
  const { env } = host.createEnv('h', 'prometheus');
  const handler = await prometheus.build({ name: 'h', config, types: { metric: new Map() }, env });
  const address = { kind: 'tcp', host: '127.0.0.1', port: 0 };
  const endpoint = new PrometheusEndpoint({ address, exposed: host.sources, log: quiet });
  await endpoint.sync();
  return {
    url: endpoint.url,
    add(series) {
      const dimensions = Object.assign(Object.create(null), Object.fromEntries(labelsOf(series)));
      handler.handleMetric([{ name: 'c', value: 1n, dimensions }]);
    },
  };
}

async function theirs() {
  const registry = new Registry();
  const counter = new Counter({ name: 'c_total', help: 'c', labelNames: names, registers: [registry] });
  const server = createServer(async (_, response) => response.end(await registry.metrics()));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/metrics`,
    add: (series) => counter.inc(Object.fromEntries(labelsOf(series)), 1),
  };
}

const side = await (process.argv[2] === 'ours' ? ours() : theirs());
side.add(0);
globalThis.gc?.();
const before = process.memoryUsage().heapUsed;
for (let series = 1; series < count; series++) side.add(series);
globalThis.gc?.();
const heapPerSeries = (process.memoryUsage().heapUsed - before) / count;

const delays = monitorEventLoopDelay({ resolution: 1 });
let peak = 0;
const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 5);
process.on('message', (what) => {
  if (what === 'start') {
    peak = 0;
    delays.enable();
    delays.reset();
    // The first tick is what the next is measured from.
    setTimeout(() => process.send('watching'), 10);
  } else if (what === 'read') {
    // A stall is known only when the loop has gone on after it.
    setTimeout(() => {
      delays.disable();
      process.send({ longestStall: delays.max / 1e6, peak });
    }, 10);
  } else {
    clearInterval(watch);
    process.exit();
  }
});
process.send({ url: side.url, heapPerSeries, count });
