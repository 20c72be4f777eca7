import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import fluentd from 'fairlead/adapters/fluentd';
import otlp from 'fairlead/adapters/otlp';
import prometheus from 'fairlead/adapters/prometheus';
import statsd from 'fairlead/adapters/statsd';
import { templates } from 'fairlead/templates';
import { Bag, Timestamp, type Value } from '../../src/attributes/index.js';
import { parseResources } from '../../src/config/index.js';
import { createHost, type Host, Runtime } from '../../src/runtime/index.js';
import { MixerError } from '../../src/util/errors.js';
import { heldBytes } from '../support/held-bytes.js';
import { ManualTime } from '../support/manual-time.js';
import { MemoryLog } from '../support/memory-log.js';
import { freePort } from '../support/peer.js';

const hours = 8;
const stepMillis = 30_000;
const stepsPerHour = 3_600_000 / stepMillis;
/** The last quarter of each hour nobody calls: what is left then is what an hour leaves behind. */
const busySteps = 0.75 * stepsPerHour;
const bagsPerReport = 25;

/** The backends: nobody for fluentd and statsd, a collector that is well and ill in turn for OTLP. */
const config = (ports: { readonly fluentd: number; readonly statsd: number; readonly otlp: number }): string => `
kind: handler
metadata: { name: prom, namespace: istio-system }
spec:
  compiledAdapter: prometheus
  params:
    metricsExpirationPolicy: { metricsExpiryDuration: 10m }
    metrics:
    - { name: requests, instance_name: requests.instance.istio-system, kind: COUNTER, label_names: [ service, pod ] }
    - { name: times, instance_name: times.instance.istio-system, kind: DISTRIBUTION, label_names: [ pod ] }
---
kind: handler
metadata: { name: fluentd, namespace: istio-system }
spec:
  compiledAdapter: fluentd
  params: { address: "127.0.0.1:${ports.fluentd}", instanceBufferSize: 500, pushIntervalDuration: 5s }
---
kind: handler
metadata: { name: otlp, namespace: istio-system }
spec:
  compiledAdapter: otlp
  params: { endpoint: "http://127.0.0.1:${ports.otlp}", metricsInterval: 90s, maxSeries: 100 }
---
kind: handler
metadata: { name: statsd, namespace: istio-system }
spec:
  compiledAdapter: statsd
  params:
    address: "127.0.0.1:${ports.statsd}"
    metrics: { requests.instance.istio-system: { type: COUNTER, nameTemplate: "{{.service}}.requests" } }
---
kind: instance
metadata: { name: requests, namespace: istio-system }
spec:
  compiledTemplate: metric
  params: { value: "1", dimensions: { service: destination.service.name, pod: source.name } }
---
kind: instance
metadata: { name: times, namespace: istio-system }
spec:
  compiledTemplate: metric
  params: { value: response.size, dimensions: { pod: source.name } }
---
kind: instance
metadata: { name: entry, namespace: istio-system }
spec:
  compiledTemplate: logentry
  params: { severity: '"info"', timestamp: request.time, variables: { pod: source.name, path: request.path } }
---
kind: instance
metadata: { name: span, namespace: istio-system }
spec:
  compiledTemplate: tracespan
  params:
    traceId: '"463ac35c9f6413ad48485a3953bb6124"'
    spanId: '"a2fb4a1d1a96d312"'
    spanName: destination.service.name
    startTime: request.time
    endTime: request.time
---
kind: rule
metadata: { name: all, namespace: istio-system }
spec:
  actions:
  - { handler: prom, instances: [ requests, times ] }
  - { handler: fluentd, instances: [ entry ] }
  - { handler: otlp, instances: [ requests, times, entry, span ] }
  - { handler: statsd, instances: [ requests ] }
`;

/** Requests of services that stay and of pods that come and go: another one every minute. */
function attributesOf(index: number, now: number): Record<string, Value> {
  return {
    'destination.service.name': `service-${index % 5}`,
    'source.name': `pod-${Math.floor(now / 60_000)}-${index % 3}`,
    'request.path': `/products/${index}`,
    'request.time': Timestamp.fromMillis(now),
    'response.size': BigInt(index * 100),
  };
}

/** Whether the Report failed; a full buffer of fluentd is the one reason there may be. */
async function report(runtime: Runtime, now: number): Promise<boolean> {
  const lease = runtime.acquire();
  try {
    const reporter = lease.reporter();
    for (let index = 0; index < bagsPerReport; index += 1) {
      await reporter.add(Bag.fromValues(lease.vocabulary, Object.entries(attributesOf(index, now))));
    }
    await reporter.flush();
    return false;
  } catch (cause) {
    assert.ok(cause instanceof MixerError);
    assert.match(cause.rawMessage, /^[^;]*fluentd instance buffer full; dropping log entry \([^;]*$/);
    return true;
  } finally {
    lease.release();
  }
}

/** What may not grow. */
interface Size {
  readonly heap: number;
  readonly timers: number;
  /** Lines that a scraper gets, and lines of the monitoring port. */
  readonly exposed: number;
  readonly monitored: number;
  readonly logged: number;
}

/** The bytes that wait for the collector. */
function waitingForOtlp(host: Host): number {
  const lines = host.renderPrometheus().split('\n');
  const wanted = lines.filter((line) => line.startsWith('mixer_adapter_delivery_queue_bytes{adapter="otlp"'));
  assert.equal(wanted.length, 3);
  return wanted.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

async function measure(host: Host, time: ManualTime, log: MemoryLog): Promise<Size> {
  // What waits differs from hour to hour, by the real time that sockets take.
  for (let second = 0; second < 300 && waitingForOtlp(host) > 0; second += 1) {
    await time.advance(1000);
    await pause(1);
  }
  // Twice: what the first collection finds to be unreachable may hold on to more.
  heldBytes();
  await pause(1);
  const lines = (text: string): number => text.split('\n').length;
  return {
    heap: heldBytes(),
    timers: time.pending,
    exposed: lines(await host.sources.exposition()),
    monitored: lines(host.renderPrometheus()),
    logged: log.lines.length,
  };
}

test(`nothing grows in ${hours} hours without backends`, { timeout: 180_000 }, async () => {
  const time = new ManualTime();
  let posts = 0;
  const collector = createServer((request, response) => {
    posts += 1;
    // It is ill in the first quarter of each hour.
    const isWell = time.elapsed % 3_600_000 >= 900_000;
    request.resume().on('end', () => response.writeHead(isWell ? 200 : 503).end());
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  after(() => collector.close());
  const { port } = collector.address() as AddressInfo;
  const log = new MemoryLog();
  const host = createHost({ log, clock: time.clock, timers: time, monotonic: time.monotonic });
  const runtime = new Runtime({ adapters: [fluentd, otlp, prometheus, statsd], templates, host });
  const yaml = config({ fluentd: await freePort(), statsd: await freePort(), otlp: port });
  const { resources } = parseResources(yaml, { file: 'config.yaml', defaultNamespace: 'default' });
  const snapshot = await runtime.load(resources);
  assert.deepEqual(snapshot.diagnostics, []);

  const sizes: Size[] = [];
  let refused = 0;
  for (let hour = 0; hour < hours; hour += 1) {
    for (let step = 0; step < stepsPerHour; step += 1) {
      if (step < busySteps && (await report(runtime, time.clock.now()))) refused += 1;
      await time.advance(stepMillis);
      // Sockets go by the real time.
      await pause(1);
    }
    sizes.push(await measure(host, time, log));
    log.lines.length = 0;
  }
  for (const one of ['timers', 'exposed', 'monitored'] as const) {
    assert.ok(sizes.at(-1)![one] <= sizes[0]![one] + 2, `${one}: ${sizes.map((size) => size[one]).join(' ')}`);
  }
  // Code is compiled in the first hours. Between those compared lie 9,000 bags: what leaves 200 bytes each is seen.
  const heaps = sizes.slice(1).map(({ heap }) => heap);
  const growth = Math.min(...heaps.slice(-3)) - Math.min(...heaps.slice(0, 3));
  assert.ok(growth < 1_500_000, `heap: ${heaps.join(' ')}`);
  // Said in sums, however much is dropped.
  assert.ok(
    sizes.every(({ logged }) => logged < 600),
    `logged: ${sizes.map(({ logged }) => logged).join(' ')}`,
  );
  // That it was a soak at all.
  assert.ok(posts > 1000 && refused > 500, `${posts} requests, ${refused} reports refused`);
  const counted = host.renderPrometheus();
  for (const [queue, sign] of [
    ['adapter="fluentd",handler="fluentd.istio-system",queue="logs",reason="queue_full"', 'dropped'],
    ['adapter="otlp",handler="otlp.istio-system",queue="logs"', 'sent'],
    ['adapter="otlp",handler="otlp.istio-system",queue="traces"', 'sent'],
    ['adapter="otlp",handler="otlp.istio-system",queue="metrics"', 'sent'],
  ] as const) {
    const line = counted.split('\n').find((one) => one.startsWith(`mixer_adapter_delivery_${sign}{${queue}}`));
    assert.ok(Number(line?.split(' ').at(-1)) > 300, `${sign} ${queue}: ${line}`);
  }
  const closing = runtime.close();
  for (let second = 0; second < 20; second += 1) {
    await time.advance(1000);
    await pause(1);
  }
  await closing;
});
