import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import circonus from 'fairlead/adapters/circonus';
import { Duration, Timestamp, type Value } from 'fairlead/sdk';
import { metric } from 'fairlead/templates';
import { decodeParams, fakeCall, fakeEnv, sampleInstance } from 'fairlead/testing';
import { createMixer } from '../../src/index.js';
import { type BackendAnswer, type BackendRequest, startHttpBackend } from '../support/http-backend.js';
import { eventually, freePort } from '../support/peer.js';

const path = '/module/httptrap/11111111-1111-1111-1111-111111111111/s3cret-of-check';
const integer = /^-?\d{1,20}$/;
const bin = /^H\[-?\d\.\de[+-]\d{2,3}]=[1-9]\d*$/;

/** What an HTTPTrap check would say: the number of metrics that it took, or why not. */
function judge({ method, path: asked, headers, body }: BackendRequest): BackendAnswer {
  if (asked !== path) return { status: 404, body: 'no such check' };
  if (method !== 'PUT' && method !== 'POST') return 405;
  if (headers['content-type'] !== 'application/json') return 415;
  const metrics = Object.values(JSON.parse(body) as Record<string, { _type: string; _value: unknown }>);
  const areSound = metrics.every(({ _type, _value }) => {
    if (_type === 'n') return Array.isArray(_value) && _value.every((one) => bin.test(String(one)));
    return (_type === 'L' || _type === 'l') && integer.test(String(_value));
  });
  return areSound ? { body: `{"stats":${metrics.length}}` } : { status: 400, body: 'bad metric' };
}

async function setUp(t: TestContext, url: string) {
  const metrics = '[{ name: c, type: COUNTER }, { name: g, type: GAUGE }, { name: d, type: DISTRIBUTION }]';
  const { config, problems } = decodeParams(circonus, `submissionUrl: ${url}${path}\nmetrics: ${metrics}`);
  assert.deepEqual(problems, []);
  const env = fakeEnv();
  t.after(() => env.stop());
  const handler = await circonus.build({ name: 'h', config, types: { metric: new Map() }, env });
  const measure = (name: string, value: Value): void =>
    void handler.handleMetric([sampleInstance(metric, { name, value, dimensions: {} })], fakeCall());
  /** Lets time pass until something is true: the clock is the test's, the network is real. */
  const until = (ask: () => boolean, step = 1000): Promise<true> =>
    eventually(async () => {
      await env.clock.advance(step);
      return ask() || undefined;
    });
  const count = (what: string): number => env.measured.get(what) ?? 0;
  const close = async (): Promise<void> => {
    let closed = false;
    void Promise.resolve(handler.close?.()).then(() => (closed = true));
    await until(() => closed);
  };
  return { env, measure, until, count, close };
}

async function setUpWithBackend(t: TestContext) {
  const backend = await startHttpBackend();
  t.after(() => backend.close());
  backend.answer = judge;
  return { backend, ...(await setUp(t, backend.url)) };
}

const sent = 'delivery_sent{queue="metrics"}';
const entries = 'delivery_queue_entries{queue="metrics"}';
const dropped = (reason: string): string => `delivery_dropped{queue="metrics",reason="${reason}"}`;

test('a mixer puts what the mesh reports to the check', async (t) => {
  const backend = await startHttpBackend();
  t.after(() => backend.close());
  backend.answer = judge;
  const instance = (name: string, value: string): string => `
kind: instance
metadata: { name: ${name}, namespace: istio-system }
spec: { compiledTemplate: metric, params: { value: '${value}', dimensions: {} } }
---`;
  const yaml = `${instance('count', '1')}${instance('size', 'response.size | 0')}${instance('time', 'response.duration')}
kind: handler
metadata: { name: circonus, namespace: istio-system }
spec:
  compiledAdapter: circonus
  params:
    submission_url: ${backend.url}${path}
    metrics:
    - { name: count.instance.istio-system, type: COUNTER }
    - { name: size.instance.istio-system, type: GAUGE }
    - { name: time.instance.istio-system, type: DISTRIBUTION }
---
kind: rule
metadata: { name: all, namespace: istio-system }
spec: { actions: [ { handler: circonus, instances: [ count, size, time ] } ] }
`;
  const mixer = await createMixer({ config: { yaml } });
  assert.deepEqual(mixer.diagnostics, []);
  const request = { 'response.size': 2n ** 62n, 'response.duration': Duration.fromMillis(1234) };
  await mixer.report([request, { ...request, 'request.path': 'x'.repeat(2 ** 20) }]);
  // Closing brings out what waits.
  await mixer.close();
  assert.deepEqual(
    backend.requests.map(({ body }): unknown => JSON.parse(body)),
    [
      {
        'count.instance.istio-system': { _type: 'L', _value: '2' },
        'size.instance.istio-system': { _type: 'l', _value: String(2n ** 62n) },
        'time.instance.istio-system': { _type: 'n', _value: ['H[1.2e+09]=2'] },
      },
    ],
  );
});

test('the check takes what hostile reports make', async (t) => {
  const { measure, until, count, backend } = await setUpWithBackend(t);
  const values: readonly Value[] = [-(2n ** 63n), 2n ** 63n - 1n, 1e-300, -5e-324, 1e127, -0];
  for (const value of values) measure('d', value);
  for (const value of [NaN, Infinity, -Infinity, 'x', true, new Timestamp(-62_167_219_200, 0)])
    assert.throws(() => measure('d', value), /finite|must be/);
  for (const value of [NaN, Infinity, 1e30, 'x'.repeat(2 ** 20), new Map([['__proto__', 'x']])])
    assert.throws(() => measure('g', value), /must be a number/);
  measure('g', -(2n ** 63n));
  for (const value of [NaN, 'x'.repeat(2 ** 20), 1n]) measure('c', value);
  await until(() => count(sent) === 1);
  const [request] = backend.requests;
  const { c, g, d } = JSON.parse(request!.body) as Record<string, { _value: string | string[] }>;
  assert.equal(c?._value, '3');
  assert.equal(g?._value, String(-(2n ** 63n)));
  assert.deepEqual(d?._value, ['H[-9.2e+18]=1', 'H[9.2e+18]=1', 'H[0.0e+00]=3', 'H[1.0e+127]=1']);
});

for (const fault of [
  { status: 429, headers: { 'retry-after': '3' } },
  { status: 500, body: '\u0000<html>garbage' },
  'reset',
  'hang',
] as const satisfies readonly BackendAnswer[]) {
  test(`counts arrive once after ${JSON.stringify(fault)}`, async (t) => {
    const { measure, until, count, backend } = await setUpWithBackend(t);
    let faults = 2;
    backend.answer = (request) => (faults-- > 0 ? fault : judge(request));
    measure('c', 1n);
    await until(() => backend.requests.length > 0);
    measure('c', 1n);
    measure('c', 1n);
    await until(() => count(sent) === 2);
    const taken = backend.requests.slice(2).map(({ body }) => (JSON.parse(body) as { c: { _value: string } }).c._value);
    assert.deepEqual(taken, ['1', '2']);
  });
}

test('what the check refuses is dropped and told without its secret', async (t) => {
  const { measure, until, count, backend, env } = await setUpWithBackend(t);
  backend.answer = ({ path: asked }) => ({ status: 400, body: `bad metric at ${asked}` });
  measure('c', 1n);
  await until(() => count(dropped('rejected')) === 1);
  assert.match(JSON.stringify(env.logged), /400/);
  assert.doesNotMatch(JSON.stringify(env.logged), /s3cret/);
});

for (const [what, host] of [
  ['nobody listens', '127.0.0.1'],
  ['the host has no address', 'circonus.invalid'],
] as const) {
  test(`nothing waits, memory is bounded and closing ends when ${what} from the start`, async (t) => {
    const { measure, until, count, close, env } = await setUp(t, `http://${host}:${await freePort()}`);
    // Fifteen minutes, of which the queue holds ten.
    for (let round = 0; round < 90; round += 1) {
      measure('c', 1n);
      await env.clock.advance(10_000);
      assert.ok(count(entries) <= 60);
    }
    await until(() => env.logged.some(({ message }) => message === 'backend unreachable'));
    assert.ok(count(dropped('queue_full')) + count(dropped('retries_exhausted')) >= 20);
    await close();
    assert.match(JSON.stringify(env.logged), /ECONNREFUSED|ENOTFOUND|EAI_AGAIN/);
    assert.doesNotMatch(JSON.stringify(env.logged), /s3cret/);
    assert.deepEqual([count(sent), count(entries)], [0, 0]);
  });
}
