import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import signalfx from 'fairlead/adapters/signalfx';
import { metric, tracespan } from 'fairlead/templates';
import { decodeParams, fakeCall, fakeEnv, sampleInstance } from 'fairlead/testing';
import { startHttpBackend } from '../../support/http-backend.js';
import { pointsOf, setUp } from './setup.js';

async function setUpWithBackend(t: TestContext, more = '') {
  const backend = await startHttpBackend();
  t.after(() => backend.close());
  backend.answer = () => ({ body: '"OK"' });
  return { ...(await setUp(t, backend.url, more)), backend };
}

describe('signalfx', () => {
  it('serves metrics and spans', () => assert.deepEqual(signalfx.templates, [metric, tracespan]));

  it('posts what series have come to after each interval', async (t) => {
    const { backend, env, measure } = await setUpWithBackend(t);
    measure('c', 5n, { code: 200n });
    measure('c', 2.9, { code: 200n });
    measure('h', 3n);
    await env.clock.advance(10_000);
    const [request] = await backend.received(1);
    assert.deepEqual([request!.method, request!.path], ['POST', '/v2/datapoint']);
    assert.equal(request!.headers['content-type'], 'application/x-protobuf');
    assert.equal(request!.headers['content-encoding'], 'gzip');
    assert.equal(request!.headers['x-sf-token'], 'secret-token');
    const points = pointsOf(request!);
    const { timestamp, value, type, dimensions } = points.get('c')!;
    assert.deepEqual([timestamp, value, type], [BigInt(env.clock.now()), 7n, 'CUMULATIVE_COUNTER']);
    assert.deepEqual([...dimensions], [['code', '200']]);
    assert.deepEqual(Array.from(points.values(), (point) => [point.metric, point.value]).slice(1), [
      ['h.count', 1n],
      ['h.sum', 3],
      ['h.sumsquare', 9],
      ['h.min', 3],
      ['h.max', 3],
      ['h.p25', 3],
      ['h.p50', 3],
      ['h.p90', 3],
      ['h.p99', 3],
    ]);
    measure('c', 1n, { code: 200n });
    await env.clock.advance(10_000);
    const [, second] = await backend.received(2);
    assert.deepEqual(
      Array.from(pointsOf(second!).values(), (point) => [point.metric, point.value]),
      [
        ['c', 8n],
        ['h.count', 1n],
        ['h.sum', 3],
        ['h.sumsquare', 9],
      ],
    );
  });

  it('rounds the interval to seconds', async (t) => {
    const { backend, env, measure } = await setUpWithBackend(t, 'datapointInterval: 1499ms');
    measure('c', 1n);
    await env.clock.advance(1000);
    await backend.received(1);
  });

  it('posts spans together', async (t) => {
    const { backend, env, trace } = await setUpWithBackend(t);
    trace('a2fb4a1d1a96d312');
    trace('a2fb4a1d1a96d313', { a: 'b' });
    await env.clock.advance(1000);
    const [request] = await backend.received(1);
    assert.deepEqual([request!.method, request!.path], ['POST', '/v1/trace']);
    assert.equal(request!.headers['content-type'], 'application/json');
    assert.equal(request!.headers['x-sf-token'], 'secret-token');
    const spans = JSON.parse(request!.body) as readonly { readonly id: string; readonly duration: number }[];
    assert.deepEqual(
      spans.map(({ id, duration }) => [id, duration]),
      [
        ['a2fb4a1d1a96d312', 30_000],
        ['a2fb4a1d1a96d313', 30_000],
      ],
    );
  });

  it('sends what is left when it is closed, once', async (t) => {
    const { backend, env, measure, trace, handler } = await setUpWithBackend(t);
    measure('c', 1n);
    await env.clock.advance(10_000);
    await backend.received(1);
    measure('c', 1n);
    trace();
    await handler.close?.();
    await handler.close?.();
    assert.deepEqual(backend.requests.map(({ path }) => path).sort(), ['/v1/trace', '/v2/datapoint', '/v2/datapoint']);
    const last = backend.requests.filter(({ path }) => path === '/v2/datapoint').at(-1)!;
    assert.equal(pointsOf(last).get('c')?.value, 2n);
  });

  it('sends nothing when nothing was reported', async (t) => {
    const { backend, env, close } = await setUpWithBackend(t);
    await env.clock.advance(60_000);
    await close();
    assert.equal(backend.requests.length, 0);
  });

  it('records the others when one value is of no use', async (t) => {
    const { backend, handler, close } = await setUpWithBackend(t);
    const values = [NaN, 'x', 1e300, 3n] as const;
    const metrics = values.map((value) => sampleInstance(metric, { name: 'c', value, dimensions: {} }));
    assert.throws(() => handler.handleMetric(metrics, fakeCall()), {
      message: Array.from({ length: 3 }, () => 'c: its value is no finite number').join('; '),
    });
    await close();
    assert.equal(pointsOf(backend.requests[0]!).get('c')?.value, 3n);
  });

  it('sends only what is enabled', async (t) => {
    const { backend, measure, trace, close } = await setUpWithBackend(t, 'enableMetrics: false\nenableTracing: false');
    measure('c', 1n);
    trace();
    await close();
    assert.equal(backend.requests.length, 0);
  });

  it('counts spans that it leaves out', async (t) => {
    const { env, trace } = await setUpWithBackend(t);
    trace('nothing');
    assert.equal(env.measured.get('spans_skipped{reason="span_id"}'), 1);
  });

  it('is not built when configuration and rules do not agree', async (t) => {
    const { config } = decodeParams(signalfx, 'accessToken: t\nmetrics: [{ name: a, type: 1 }, { name: b, type: 1 }]');
    const env = fakeEnv();
    t.after(() => env.stop());
    const types = new Map(
      [
        ['a', 'STRING'],
        ['x', 'INT64'],
      ].map(([name, value]) => [name, { value }]),
    );
    const build = async () =>
      signalfx.build({ name: 'h', config, types: { metric: types, tracespan: new Map() } as never, env });
    await assert.rejects(build, {
      message:
        "metrics: there is no entry for x, which rules send; metrics[0].name: istio metric's value should be numeric but is STRING",
    });
    types.clear();
    await (await build()).close?.();
  });
});
