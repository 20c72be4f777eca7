import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import solarwinds from 'fairlead/adapters/solarwinds';
import { logentry, metric } from 'fairlead/templates';
import { decodeParams, fakeCall, fakeEnv, sampleInstance } from 'fairlead/testing';
import { startHttpBackend } from '../../support/http-backend.js';
import { setUp } from './setup.js';
import { startSyslogReceiver } from './syslog-receiver.js';

async function setUpBoth(t: TestContext, more = '') {
  const [backend, receiver] = await Promise.all([startHttpBackend(), startSyslogReceiver()]);
  t.after(() => Promise.all([backend.close(), receiver.close()]));
  const rig = await setUp(
    t,
    `appopticsAccessToken: secret-token
appopticsUrl: ${backend.url}/v1/measurements
papertrailAddress: 127.0.0.1:${receiver.port}
metrics: { m: { labelNames: [code, path] } }
logs: { l: { payloadTemplate: "{{.method}} {{.url}}" } }
${more}`,
  );
  return { ...rig, backend, receiver };
}

describe('solarwinds', () => {
  it('serves metrics and log entries', () => assert.deepEqual(solarwinds.templates, [metric, logentry]));

  it('posts measurements with the token, every half second', async (t) => {
    const { backend, env, measure } = await setUpBoth(t);
    measure(7n, { code: 200n, path: '/a', other: 'x' });
    measure(1.5, { code: 404n });
    await env.clock.advance(500);
    const [request] = await backend.received(1);
    assert.deepEqual([request!.method, request!.path], ['POST', '/v1/measurements']);
    assert.equal(request!.headers['content-type'], 'application/json');
    assert.equal(request!.headers.authorization, `Basic ${Buffer.from('token:secret-token').toString('base64')}`);
    const time = Math.floor(env.clock.now() / 1000);
    assert.deepEqual(JSON.parse(request!.body), {
      measurements: [
        { name: 'm', tags: { code: '200', path: '/a' }, time, value: 7 },
        { name: 'm', tags: { code: '404', path: '-' }, time, value: 1.5 },
      ],
    });
  });

  it('posts no more at a time than the batch size', async (t) => {
    const { backend, until, measure } = await setUpBoth(t, 'appopticsBatchSize: 2');
    for (const value of [1n, 2n, 3n, 4n, 5n]) measure(value);
    await until(() => backend.requests.length === 3);
    const sizes = backend.requests.map(({ body }) => (JSON.parse(body) as { measurements: [] }).measurements.length);
    assert.deepEqual(sizes, [2, 2, 1]);
  });

  it('sends a line for each log entry', async (t) => {
    const { receiver, env, log } = await setUpBoth(t);
    log({ method: 'GET', url: '/a?b="c"' });
    await env.clock.advance(500);
    const [line] = await receiver.received(1);
    const time = new Date(env.clock.now()).toISOString().slice(0, 19);
    assert.match(line!, new RegExp(`^<6>${time}Z \\S+ istio\\[\\d+\\]: GET /a\\?b=&#34;c&#34;\n$`));
  });

  it('sends what is left when it is closed, once', async (t) => {
    const { backend, receiver, measure, log, handler } = await setUpBoth(t);
    measure(1n);
    log({ method: 'GET', url: '/' });
    await handler.close?.();
    await handler.close?.();
    assert.equal((await receiver.received(1)).length, 1);
    assert.equal(backend.requests.length, 1);
  });

  it('sends the others when one is of no use, and says what was wrong', async (t) => {
    const { backend, receiver, handler, close } = await setUpBoth(t);
    const metrics = [NaN, 'x', 3n].map((value) => sampleInstance(metric, { name: 'm', value, dimensions: {} }));
    assert.throws(() => handler.handleMetric(metrics, fakeCall()), {
      message: 'm: its value is no number that AppOptics takes; m: its value is no number that AppOptics takes',
    });
    const entries = ['z', 'l'].map((name) => sampleInstance(logentry, { name, variables: { method: name } }));
    assert.throws(() => handler.handleLogEntry(entries, fakeCall()), {
      message: 'got an unknown instance of log: z',
    });
    await close();
    assert.match(backend.requests[0]!.body, /^\{"measurements":\[[^[]*"value":3\}\]\}$/);
    assert.match((await receiver.received(1))[0]!, /: l\n$/);
  });

  it('ignores metrics without an entry', async (t) => {
    const { backend, measure, close } = await setUpBoth(t);
    measure(1n, {}, 'other');
    await close();
    assert.equal(backend.requests.length, 0);
  });

  it('drops what it has no account for', async (t) => {
    const { measure, log, env } = await setUp(t, 'metrics: { m: {} }\nlogs: { l: {} }');
    measure(1n);
    log({}, 'unknown');
    await env.clock.advance(1000);
    assert.equal(env.measured.size, 0);
  });

  it('is not built with labels that are no dimensions', async (t) => {
    const { config } = decodeParams(solarwinds, 'metrics: { m: { labelNames: [a, b] } }');
    const env = fakeEnv();
    t.after(() => env.stop());
    const types = { metric: new Map([['m', { value: 'INT64', dimensions: { b: 'STRING' } }]]), logentry: new Map() };
    await assert.rejects(async () => solarwinds.build({ name: 'h', config, types: types as never, env }), {
      message: 'metrics["m"].labelNames[0]: the metric has no dimension "a"',
    });
  });
});
