import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Value } from 'fairlead/sdk';
import { pointsOf, setUp } from '../adapters/signalfx/setup.js';
import { readUpload } from '../adapters/signalfx/upload.js';
import { type BackendAnswer, type BackendRequest, startHttpBackend } from '../support/http-backend.js';
import { freePort } from '../support/peer.js';

/** What SignalFx would say to a request: its own answers, or why not. */
function judge(request: BackendRequest): BackendAnswer {
  const { method, path, headers } = request;
  if (headers['x-sf-token'] !== 'secret-token') return { status: 401, body: '"Unauthorized"' };
  if (method !== 'POST') return 405;
  if (path === '/v2/datapoint') return judgePoints(request);
  return path === '/v1/trace' ? judgeSpans(request) : 404;
}

function judgePoints(request: BackendRequest): BackendAnswer {
  if (request.headers['content-type'] !== 'application/x-protobuf') return 415;
  const areSound = [...pointsOf(request).values()].every(
    ({ metric, value, timestamp, dimensions }) =>
      metric.length <= 256 &&
      timestamp > 0n &&
      Number.isFinite(Number(value)) &&
      [...dimensions].every(
        ([key, text]) => /^[\p{L}\p{Nd}_-]{1,128}$/u.test(key) && text !== '' && text.length <= 256,
      ),
  );
  return areSound ? { body: '"OK"' } : { status: 400, body: '"Bad Request"' };
}

function judgeSpans({ headers, body }: BackendRequest): BackendAnswer {
  if (headers['content-type'] !== 'application/json') return 415;
  const spans = JSON.parse(body) as readonly Record<string, unknown>[];
  const invalid = spans.filter(({ traceId, id, timestamp, tags }) => {
    const texts = Object.values(tags as Record<string, unknown>);
    const isSound = /^[\da-f]{16,32}$/.test(String(traceId)) && /^[\da-f]{16}$/.test(String(id));
    return !isSound || !Number.isSafeInteger(timestamp) || texts.some((text) => typeof text !== 'string');
  });
  const ids = invalid.map(({ id }) => id);
  return {
    body: JSON.stringify({ valid: spans.length - ids.length, invalid: ids.length > 0 ? { invalidSpan: ids } : {} }),
  };
}

async function setUpWithBackend(t: TestContext, more = '') {
  const backend = await startHttpBackend();
  t.after(() => backend.close());
  backend.answer = judge;
  const rig = await setUp(t, `${backend.url}/`, more);
  const count = (name: string, queue: string, reason = ''): number =>
    rig.env.measured.get(`${name}{queue="${queue}"${reason === '' ? '' : `,reason="${reason}"`}}`) ?? 0;
  return { ...rig, backend, count };
}

test('SignalFx takes what hostile reports make', async (t) => {
  const { measure, trace, until, count, backend } = await setUpWithBackend(t);
  const values: readonly Value[] = [1n, -(2n ** 63n), 1e-300, true];
  for (const value of values) {
    measure('c', value, { 'path of it': `/${'ä'.repeat(2 ** 20)}`, line: 'a\u0000"\n', empty: '' });
    measure('h', value);
  }
  measure('h', 1e300);
  trace('a2fb4a1d1a96d312', { big: 'x'.repeat(2 ** 20), text: '"\u2028\\', 'source.ip': new Uint8Array(3) });
  await until(() => count('delivery_sent', 'metrics') > 0 && count('delivery_sent', 'spans') === 1);
  assert.equal(count('delivery_dropped', 'metrics', 'rejected') + count('delivery_dropped', 'spans', 'rejected'), 0);
  assert.equal(backend.requests.filter(({ path }) => path === '/v1/trace').length, 1);
});

for (const answer of [
  { status: 429, body: '', headers: { 'retry-after': '3' } },
  { status: 500, body: '\u0000garbage' },
  { status: 503 },
  { status: 200, body: '<html>please log in</html>' },
  { status: 200, body: '{"status":"ok"}' },
  'reset',
  'hang',
] as const satisfies readonly BackendAnswer[]) {
  test(`data arrives after ${typeof answer === 'string' ? answer : JSON.stringify(answer)}`, async (t) => {
    const { measure, trace, until, count, backend } = await setUpWithBackend(t);
    const seen = new Set<string>();
    backend.answer = (request) => {
      const isFirst = !seen.has(request.path);
      seen.add(request.path);
      return isFirst ? answer : judge(request);
    };
    measure('c', 1n);
    trace();
    await until(() => count('delivery_sent', 'metrics') > 0 && count('delivery_sent', 'spans') === 1);
    assert.equal(count('delivery_dropped', 'spans', 'retries_exhausted'), 0);
  });
}

test('spans that SignalFx calls invalid are counted, the others too', async (t) => {
  const { trace, until, count, backend } = await setUpWithBackend(t);
  backend.answer = () => ({ body: '{"valid":1,"invalid":{"tooOld":["a2fb4a1d1a96d312"]}}' });
  trace();
  trace('a2fb4a1d1a96d313');
  await until(() => count('delivery_dropped', 'spans', 'rejected') === 1);
  assert.equal(count('delivery_sent', 'spans'), 1);
});

test('a token that SignalFx does not know is told, but not shown', async (t) => {
  const { measure, until, count, backend, env } = await setUpWithBackend(t);
  backend.answer = ({ headers }) => ({ status: 401, body: `no such token: ${String(headers['x-sf-token'])}` });
  measure('c', 1n);
  await until(() => count('delivery_dropped', 'metrics', 'rejected') > 0);
  const told = JSON.stringify(env.logged);
  assert.match(told, /401/);
  assert.doesNotMatch(told, /secret-token/);
});

test('without SignalFx nothing waits, memory is bounded, and counters are whole again when it is back', async (t) => {
  const { measure, trace, until, count, backend, env } = await setUpWithBackend(t, 'tracingBufferSize: 50');
  backend.answer = () => 'reset';
  for (let round = 0; round < 5; round += 1) {
    measure('c', 1n);
    for (let span = 0; span < 40; span += 1) trace();
    await env.clock.advance(10_000);
  }
  assert.ok(count('delivery_dropped', 'spans', 'queue_full') >= 100);
  await until(() => env.logged.some(({ message }) => message === 'backend unreachable'));
  backend.answer = judge;
  const before = backend.requests.length;
  measure('c', 1n);
  await until(() =>
    backend.requests
      .slice(before)
      .some((request) => request.path === '/v2/datapoint' && pointsOf(request).get('c')?.value === 6n),
  );
});

test('many series are written in pieces, and all of them arrive when it is closed meanwhile', async (t) => {
  const { measure, close, backend, env } = await setUpWithBackend(t);
  for (let series = 0; series < 3000; series += 1) measure('c', 1n, { series: BigInt(series) });
  const advancing = env.clock.advance(10_000);
  await close();
  await advancing;
  const seen = new Set(
    backend.requests.flatMap(({ raw }) => readUpload(raw).map(({ dimensions }) => dimensions.get('series'))),
  );
  assert.equal(seen.size, 3000);
});

for (const [what, host] of [
  ['nobody listens', '127.0.0.1'],
  ['the host has no address', 'signalfx.invalid'],
] as const) {
  test(`reports are taken and closing ends when ${what} from the start`, async (t) => {
    const { measure, trace, until, close, env } = await setUp(t, `http://${host}:${await freePort()}`);
    measure('c', 1n);
    trace();
    await until(() => ['metrics', 'spans'].every((queue) => retriesOf(queue) > 1));
    let closed = false;
    void close().then(() => (closed = true));
    await until(() => closed);
    assert.match(JSON.stringify(env.logged), /ECONNREFUSED|ENOTFOUND|EAI_AGAIN/);
    for (const queue of ['metrics', 'spans']) {
      assert.equal(env.measured.get(`delivery_sent{queue="${queue}"}`) ?? 0, 0);
      assert.equal(env.measured.get(`delivery_queue_entries{queue="${queue}"}`), 0);
    }

    function retriesOf(queue: string): number {
      return env.measured.get(`delivery_retries{queue="${queue}"}`) ?? 0;
    }
  });
}
