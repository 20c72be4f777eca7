import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Timestamp } from 'fairlead/sdk';
import { tracespan } from 'fairlead/templates';
import zipkin from '../../src/adapters/zipkin/index.js';
import { decodeParams, fakeCall, fakeEnv, sampleInstance } from '../../src/testing/index.js';
import { type Answer, startCollector } from '../adapters/zipkin/collector.js';
import { eventually } from '../support/peer.js';

const start = new Timestamp(1_500_000_000, 0);
const end = new Timestamp(1_500_000_000, 30_000_000);

const serverSpan = sampleInstance(tracespan, {
  traceId: '463ac35c9f6413ad48485a3953bb6124',
  spanId: 'a2fb4a1d1a96d312',
  parentSpanId: '0020000000000001',
  spanName: '/Get',
  startTime: start,
  endTime: end,
  clientSpan: false,
  rewriteClientSpanId: false,
  httpStatusCode: 200n,
  sourceName: 'srcsvc',
  destinationName: 'destsvc',
  destinationIp: Uint8Array.of(0, 0, 0, 0),
  requestTotalSize: 128n,
  responseTotalSize: 512n,
});

async function build(url: string) {
  const env = fakeEnv();
  const { config, problems } = decodeParams(zipkin, `url: ${url}\nsample_probability: 1`);
  assert.deepEqual(problems, []);
  const handler = await zipkin.build({ name: 'h', config, types: { tracespan: new Map() }, env });
  const report = (...spans: (typeof serverSpan)[]) => void handler.handleTraceSpan(spans, fakeCall());
  /** Lets time pass until something is true: the clock is the test's, the network is real. */
  const until = (ask: () => boolean, step = 1000) =>
    eventually(async () => {
      await env.clock.advance(step);
      return ask() || undefined;
    });
  const close = async () => {
    env.abort();
    let closed = false;
    const closing = Promise.resolve(handler.close?.()).then(() => (closed = true));
    await until(() => closed);
    await closing;
    env.dispose();
  };
  return { env, report, close, until };
}

async function withCollector(
  answer: Answer | undefined,
  run: (
    collector: Awaited<ReturnType<typeof startCollector>>,
    built: Awaited<ReturnType<typeof build>>,
  ) => Promise<void>,
): Promise<void> {
  const collector = await startCollector(answer);
  const built = await build(collector.url);
  try {
    await run(collector, built);
    assert.deepEqual(collector.problems, []);
  } finally {
    await built.close();
    await collector.stop();
  }
}

test('a server span arrives as Mixer sent it', () =>
  withCollector(undefined, async ({ spans }, { report, until }) => {
    report(serverSpan);
    await until(() => spans.length === 1);
    assert.deepEqual(spans[0], {
      traceId: '463ac35c9f6413ad48485a3953bb6124',
      parentId: '0020000000000001',
      id: 'a2fb4a1d1a96d312',
      kind: 'SERVER',
      name: '/Get',
      timestamp: 1_500_000_000_000_000,
      duration: 30_000,
      localEndpoint: { serviceName: 'destsvc', ipv4: '0.0.0.0' },
      remoteEndpoint: { serviceName: 'srcsvc', ipv4: '10.0.0.7' },
      annotations: [
        { timestamp: 1_500_000_000_000_000, value: 'Received 128 bytes' },
        { timestamp: 1_500_000_000_030_000, value: 'Sent 512 bytes' },
      ],
      tags: {
        text: 'text',
        count: '7',
        ratio: '1.5',
        flag: 'true',
        time: '2026-01-01T00:00:00.123456Z',
        elapsed: '250ms',
        address: '10.0.0.7',
        labels: 'version=v1',
        'http.status_code': '200',
        'opencensus.status_description': 'OK',
      },
    });
  }));

test('a client span and its server span are told apart by the rewritten id', () =>
  withCollector(undefined, async ({ spans }, { report, close }) => {
    const rewritten = { ...serverSpan, rewriteClientSpanId: true, httpStatusCode: 500n };
    report({ ...rewritten, clientSpan: true }, rewritten);
    await close();
    const [client, server] = spans as [Record<string, unknown>, Record<string, unknown>];
    assert.equal(client['id'], '9d9164ded28611b9');
    assert.equal(client['parentId'], '0020000000000001');
    assert.deepEqual(client['localEndpoint'], { serviceName: 'srcsvc', ipv4: '10.0.0.7' });
    assert.equal(server['id'], 'a2fb4a1d1a96d312');
    assert.equal(server['parentId'], '9d9164ded28611b9');
    assert.equal((server['tags'] as Record<string, string>)['error'], 'UNKNOWN');
  }));

test('spans go out 100 at a time, and closing sends the rest', () =>
  withCollector(undefined, async ({ spans, batches }, { report, close, until }) => {
    for (let count = 0; count < 250; count += 1) report(serverSpan);
    await until(() => batches.length === 2, 0);
    await close();
    assert.deepEqual(batches, [100, 100, 50]);
    assert.equal(spans.length, 250);
  }));

test('malformed spans are counted and harm no others, hostile tags arrive', () =>
  withCollector(undefined, async ({ spans }, { env, report, close }) => {
    const spanTags = Object.assign(Object.create(null) as object, { big: 'x'.repeat(2 ** 20) });
    Object.defineProperty(spanTags, '__proto__', { value: '"\u2028\\', enumerable: true });
    report({ ...serverSpan, traceId: '' }, { ...serverSpan, spanId: 'xx' }, { ...serverSpan, spanTags });
    await close();
    assert.equal(env.measured.get('spans_skipped{reason="trace_id"}'), 1);
    assert.equal(env.measured.get('spans_skipped{reason="span_id"}'), 1);
    assert.equal(spans.length, 1);
    const tags = new Map(Object.entries(spans[0]!['tags'] as Record<string, string>));
    assert.equal(tags.get('__proto__'), '"\u2028\\');
    assert.equal(tags.get('big')?.length, 32_768);
  }));

for (const status of [429, 500, 503]) {
  test(`spans arrive once after HTTP ${status}`, () =>
    withCollector(
      (response, n) => void response.writeHead(n < 3 ? status : 202).end('no'),
      async ({ spans, batches }, { report, until }) => {
        report(serverSpan);
        await until(() => spans.length === 1);
        assert.deepEqual(batches, [1, 1, 1]);
      },
    ));
}

test('spans of year 0, and of a clock that runs backwards, harm no others', () =>
  withCollector(undefined, async ({ spans }, { report, close }) => {
    const year0 = new Timestamp(-62_167_219_200, 0);
    report({ ...serverSpan, startTime: year0, endTime: year0 }, { ...serverSpan, startTime: end, endTime: start });
    report(serverSpan);
    await close();
    assert.equal(spans.length, 3);
    assert.equal(spans[2]!['duration'], 30_000);
  }));

test('spans that the collector refuses are dropped, and the next ones arrive', () =>
  withCollector(
    (response, n) => void response.writeHead(n === 1 ? 400 : 202).end('\u0000garbage'),
    async ({ spans, batches }, { env, report, until }) => {
      report(serverSpan);
      await until(() => batches.length === 1);
      report(serverSpan);
      await until(() => spans.length === 1);
      await until(() => env.measured.get('delivery_dropped{queue="spans",reason="rejected"}') === 1);
    },
  ));

test('a collector that hangs costs its timeout and no request', () =>
  withCollector(
    (response, n) => n > 1 && response.writeHead(202).end(),
    async ({ spans, batches }, { report, until }) => {
      report(serverSpan);
      await until(() => batches.length === 1);
      report(serverSpan);
      await until(() => spans.length === 2);
    },
  ));

test('a collector that hangs up in the middle of its answer gets the spans again', () =>
  withCollector(
    (response, n) => {
      if (n > 1) response.writeHead(202).end();
      else response.destroy();
    },
    async ({ spans }, { report, until }) => {
      report(serverSpan);
      await until(() => spans.length === 1);
    },
  ));

test('without a collector nothing waits, the oldest give way, and closing ends', async () => {
  const collector = await startCollector();
  await collector.stop();
  const { env, report, close, until } = await build(collector.url);
  for (let count = 0; count < 1200; count += 1) report(serverSpan);
  await until(() => env.logged.some(({ message }) => message === 'backend unreachable'));
  assert.ok((env.measured.get('delivery_dropped{queue="spans",reason="queue_full"}') ?? 0) >= 200);
  await close();
  const entries = env.measured.get('delivery_queue_entries{queue="spans"}') ?? 0;
  assert.equal(entries, 0);
});

test('what waits is held within its bytes, whatever characters it has', async () => {
  const collector = await startCollector();
  await collector.stop();
  const { env, report, close } = await build(collector.url);
  const spanTags = { a: '漢'.repeat(32_768), b: '漢'.repeat(32_768) };
  for (let count = 0; count < 300; count += 1) report({ ...serverSpan, spanTags });
  await env.clock.advance(1000);
  const bytes = env.measured.get('delivery_queue_bytes{queue="spans"}') ?? 0;
  const entries = env.measured.get('delivery_queue_entries{queue="spans"}') ?? 0;
  assert.ok(bytes <= 32 * 2 ** 20 && bytes >= entries * 6 * 32_768, `${bytes} bytes for ${entries} entries`);
  assert.ok((env.measured.get('delivery_dropped{queue="spans",reason="queue_full"}') ?? 0) > 0);
  await close();
});

test('a name that does not resolve is a backend that is away', async () => {
  const { env, report, until, close } = await build('http://collector.invalid:9411/api/v2/spans');
  report(serverSpan);
  await until(() => (env.measured.get('delivery_retries{queue="spans"}') ?? 0) > 0);
  await close();
});
