import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import circonus from 'fairlead/adapters/circonus';
import { Duration, type Value } from 'fairlead/sdk';
import { decodeParams, fakeCall, fakeEnv } from 'fairlead/testing';
import { metric } from 'fairlead/templates';
import { startHttpBackend } from '../../support/http-backend.js';

async function setUp(t: TestContext) {
  const backend = await startHttpBackend();
  t.after(() => backend.close());
  const params = `
submissionUrl: ${backend.url}/module/httptrap/id/secret
metrics: [{ name: c, type: COUNTER }, { name: g, type: GAUGE }, { name: d, type: DISTRIBUTION }]`;
  const { config, problems } = decodeParams(circonus, params);
  assert.deepEqual(problems, []);
  const env = fakeEnv();
  t.after(() => env.stop());
  const inferred = { value: 'INT64', dimensions: {}, monitoredResourceType: 'STRING', monitoredResourceDimensions: {} };
  const types = { metric: new Map(['c', 'g', 'd'].map((name) => [name, inferred])) } as never;
  const handler = await circonus.build({ name: 'h.default', config, types, env });
  const report = (...values: readonly (readonly [name: string, value: Value])[]) =>
    handler.handleMetric(
      values.map(([name, value]) => ({
        name,
        value,
        dimensions: {},
        monitoredResourceType: '',
        monitoredResourceDimensions: {},
      })),
      fakeCall(),
    );
  return { backend, env, handler, report, params };
}

describe('circonus', () => {
  it('serves metrics', () => assert.deepEqual(circonus.templates, [metric]));

  it('puts what came together to the check after each interval', async (t) => {
    const { backend, env, report } = await setUp(t);
    await report(['c', 5n], ['c', 'x'], ['g', 7n], ['d', Duration.fromMillis(1234)]);
    await report(['g', 2n ** 62n], ['d', 12], ['d', 12n]);
    await env.clock.advance(10_000);
    const [request] = await backend.received(1);
    assert.deepEqual([request!.method, request!.path], ['PUT', '/module/httptrap/id/secret']);
    assert.equal(request!.headers['content-type'], 'application/json');
    assert.deepEqual(JSON.parse(request!.body), {
      c: { _type: 'L', _value: '2' },
      g: { _type: 'l', _value: '4611686018427387904' },
      d: { _type: 'n', _value: ['H[1.2e+09]=1', 'H[1.2e+01]=2'] },
    });
    await report(['c', 1n]);
    await env.clock.advance(10_000);
    const [, second] = await backend.received(2);
    assert.deepEqual(JSON.parse(second!.body), { c: { _type: 'L', _value: '1' } });
  });

  it('sends nothing when nothing was reported', async (t) => {
    const { backend, env, handler } = await setUp(t);
    await env.clock.advance(60_000);
    await handler.close?.();
    assert.equal(backend.requests.length, 0);
  });

  it('sends what is left when it is closed, once', async (t) => {
    const { backend, handler, report } = await setUp(t);
    await report(['c', 1n]);
    await handler.close?.();
    await handler.close?.();
    assert.equal(backend.requests.length, 1);
  });

  it('counts the others when one value is of no use', async (t) => {
    const { backend, handler, report } = await setUp(t);
    await assert.rejects(async () => report(['d', NaN], ['g', 'x'], ['z', 1n], ['c', 1n]), {
      message:
        'd: a value of a distribution must be finite; g: the value of a gauge must be a number; z: there is no entry for it',
    });
    await handler.close?.();
    assert.deepEqual(JSON.parse(backend.requests[0]!.body), { c: { _type: 'L', _value: '1' } });
  });

  it('sends again what a sick check did not take, without the secret in its log', async (t) => {
    const { backend, env, report } = await setUp(t);
    backend.answer = () => 503;
    await report(['c', 1n]);
    await env.clock.advance(10_000);
    await backend.received(1);
    backend.answer = () => 200;
    while (backend.requests.length < 2) await env.clock.advance(1000);
    assert.equal(backend.requests[1]!.body, backend.requests[0]!.body);
    assert.doesNotMatch(JSON.stringify(env.logged), /secret/);
  });

  it('lies still while a check is sick and more waits for it', { timeout: 60_000 }, async (t) => {
    const { backend, env, report } = await setUp(t);
    backend.answer = () => 'hang';
    await report(['c', 1n]);
    await env.clock.advance(10_000);
    await backend.received(1);
    await report(['c', 1n]);
    // Ends: what waits for its turn does not wake anybody again and again.
    await env.clock.advance(10_000);
  });

  it('is not built for an instance without an entry', async (t) => {
    const { env, params } = await setUp(t);
    const types = { metric: new Map([['other', {}]]) } as never;
    await assert.rejects(
      async () => circonus.build({ name: 'h', config: decodeParams(circonus, params).config, types, env }),
      { message: 'metrics: no entry for other' },
    );
  });
});
