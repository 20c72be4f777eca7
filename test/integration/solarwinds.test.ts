import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Value } from 'fairlead/sdk';
import { setUp } from '../adapters/solarwinds/setup.js';
import { type BackendRequest, startHttpBackend } from '../support/http-backend.js';
import { eventually, freePort, peer } from '../support/peer.js';
import { Program } from '../support/program.js';
import { tempFolder } from '../support/temp-folder.js';

const rsyslog = peer('rsyslogd', 'apt-get install rsyslog');
const folder = tempFolder();

/** A real syslog daemon; `lines` is what it made of what it got, as `severity facility time host tag message`. */
async function startRsyslog(t: TestContext, name: string) {
  const port = await freePort();
  const [config, log] = [join(folder, `${name}.conf`), join(folder, `${name}.log`)];
  writeFileSync(
    config,
    `global(workDirectory="${folder}")
module(load="imudp")
template(name="parts" type="string" string="%syslogseverity% %syslogfacility% %timereported:::date-rfc3339% %hostname% %syslogtag% %msg%\\n")
input(type="imudp" address="127.0.0.1" port="${port}" ruleset="all")
ruleset(name="all") { action(type="omfile" file="${log}" template="parts") }
`,
  );
  const daemon = new Program('rsyslogd', ['-n', '-f', config, '-i', join(folder, `${name}.pid`)]);
  t.after(() => daemon.stop());
  const lines = (): readonly string[] => readFileSync(log, 'utf8').split('\n').slice(0, -1);
  return { port, lines };
}

test('lines arrive at a real syslog daemon, one for each entry', rsyslog, async (t) => {
  const { port, lines } = await startRsyslog(t, 'arrive');
  const { env, log, until } = await setUp(t, `papertrailAddress: 127.0.0.1:${port}\nlogs: { l: {} }`);
  // It does not say when it is ready: it is when it has written a line.
  await eventually(async () => {
    await env.clock.advance(500);
    log({ method: 'HELLO' });
    return lines().length > 0 || undefined;
  });
  log({ originIp: Uint8Array.of(10, 0, 0, 7), method: 'GET', url: '/a?b=c', protocol: 'http', responseCode: 200n });
  log({ method: 'POST\n<0>Jan  1 00:00:00 evil su: root', url: 'x'.repeat(2 ** 20) });
  await until(() => lines().some((line) => line.includes('evil')));
  const own = lines().filter((line) => !line.includes('HELLO'));
  assert.equal(own.length, 2);
  const time = '2026-01-01T00:00:\\d\\d[+.\\d:Z]*';
  assert.match(
    own[0]!,
    new RegExp(`^6 0 ${time} \\S+ istio\\[\\d+\\]:  10\\.0\\.0\\.7 - - \\[${time}\\] "GET /a\\?b=c http" 200 -$`),
  );
  assert.match(
    own[1]!,
    /^6 0 \S+ \S+ istio\[\d+\]: {2}- - - \[\S+\] "POST &lt;0&gt;Jan {2}1 00:00:00 evil su: root x{700,900}$/,
  );
});

/** What AppOptics would say to a request: 202, or why not. */
function judge({ method, path, headers, body }: BackendRequest): number {
  if (headers.authorization !== `Basic ${Buffer.from('token:right').toString('base64')}`) return 401;
  if (method !== 'POST' || path !== '/v1/measurements') return 404;
  if (headers['content-type'] !== 'application/json') return 415;
  const { measurements } = JSON.parse(body) as { measurements: readonly Record<string, unknown>[] };
  return measurements.length <= 1000 && measurements.every(isSound) ? 202 : 400;
}

function isSound({ name, tags, time, value, ...rest }: Record<string, unknown>): boolean {
  const pairs = Object.entries(tags as Record<string, unknown>);
  return (
    /^[-.:\w]{1,255}$/.test(String(name)) &&
    pairs.length >= 1 &&
    pairs.length <= 50 &&
    pairs.every(([tag, text]) => /^[-.:\w]{1,64}$/.test(tag) && /^[-.:\w?\\/ ]{1,255}$/.test(String(text))) &&
    Number.isInteger(time) &&
    typeof value === 'number' &&
    Math.abs(value) <= 1e126 &&
    Object.keys(rest).length === 0
  );
}

async function setUpAppOptics(t: TestContext, more = '') {
  const backend = await startHttpBackend();
  t.after(() => backend.close());
  backend.answer = judge;
  const token = more.includes('Token') ? '' : 'appopticsAccessToken: right';
  const params = `${token}\nappopticsUrl: ${backend.url}/v1/measurements\nmetrics: { m: { labelNames: [code, path] } }\n${more}`;
  const rig = await setUp(t, params);
  return { ...rig, backend };
}

const sent = 'delivery_sent{queue="metrics"}';
const dropped = (reason: string): string => `delivery_dropped{queue="metrics",reason="${reason}"}`;

test('AppOptics takes what hostile reports make', async (t) => {
  const { measure, until, env, backend } = await setUpAppOptics(t);
  const values: readonly Value[] = [1n, -(2n ** 63n), 1e125, 5e-324, '12', -0];
  for (const value of values) measure(value, { code: 200n, path: `/${'ä'.repeat(2 ** 20)}` });
  measure(1n, { path: '\u0000"\\\u2028' });
  for (const value of [NaN, -Infinity, 'many', true]) assert.throws(() => measure(value), /no number/);
  await until(() => env.measured.get(sent) === 7);
  assert.equal(backend.requests.length, 1);
});

for (const status of [429, 500, 503] as const) {
  test(`measurements arrive once after HTTP ${status}`, async (t) => {
    const { measure, until, env, backend } = await setUpAppOptics(t);
    const refusals = [status, status];
    backend.answer = (request) => {
      const refusal = refusals.shift();
      return refusal === undefined
        ? judge(request)
        : { status: refusal, body: '\u0000garbage', headers: { 'retry-after': '2' } };
    };
    measure(1n);
    await until(() => env.measured.get(sent) === 1);
    assert.equal(backend.requests.length, 3);
  });
}

test('what AppOptics refuses is dropped and told without the token', async (t) => {
  const { measure, until, env } = await setUpAppOptics(t, 'appopticsAccessToken: wrong-token');
  measure(1n);
  await until(() => env.measured.get(dropped('rejected')) === 1);
  const told = JSON.stringify(env.logged);
  assert.match(told, /401/);
  assert.doesNotMatch(told, /wrong-token|Basic/);
});

for (const fault of ['hang', 'reset'] as const) {
  test(`a backend that does ${fault} gets the measurements again`, async (t) => {
    const { measure, until, env, backend } = await setUpAppOptics(t);
    backend.answer = (request) => (backend.requests.length === 1 ? fault : judge(request));
    measure(1n);
    await until(() => env.measured.get(sent) === 1, 1000);
    assert.equal(backend.requests.length, 2);
  });
}

test('without AppOptics nothing waits, the oldest give way, and closing ends', async (t) => {
  const { measure, until, env, backend, close } = await setUpAppOptics(t, 'appopticsBatchSize: 10');
  await backend.close();
  const start = process.cpuUsage();
  for (let count = 0; count < 60_000; count += 1) measure(1n, { code: 200n });
  assert.ok(process.cpuUsage(start).user < 5_000_000);
  await until(() => (env.measured.get(dropped('queue_full')) ?? 0) >= 9000);
  await until(() => env.logged.some(({ message }) => message === 'backend unreachable'));
  let closed = false;
  void close().then(() => (closed = true));
  await until(() => closed);
  assert.equal(env.measured.get('delivery_queue_entries{queue="metrics"}'), 0);
});

test('lines whose receiver has no address wait, and are dropped when they are too old', async (t) => {
  const params = 'papertrailAddress: receiver.invalid:514\npapertrailLocalRetentionDuration: 60s\nlogs: { l: {} }';
  const { log, until, env } = await setUp(t, params);
  log({ method: 'GET' });
  await until(() => (env.measured.get('delivery_retries{queue="logs"}') ?? 0) > 1);
  assert.equal(env.measured.get('delivery_dropped{queue="logs",reason="rejected"}') ?? 0, 0);
  await until(() => env.measured.get('delivery_dropped{queue="logs",reason="rejected"}') === 1, 5000);
});

test('measurements for a host without an address wait, and closing ends', async (t) => {
  const params =
    'appopticsAccessToken: right\nappopticsUrl: http://appoptics.invalid/v1/measurements\nmetrics: { m: {} }';
  const { measure, until, env, close } = await setUp(t, params);
  measure(1n);
  await until(() => (env.measured.get('delivery_retries{queue="metrics"}') ?? 0) > 1);
  let closed = false;
  void close().then(() => (closed = true));
  await until(() => closed);
  assert.match(JSON.stringify(env.logged), /appoptics\.invalid: (ENOTFOUND|EAI_AGAIN)/);
  assert.equal(env.measured.get(sent) ?? 0, 0);
  assert.equal(env.measured.get('delivery_queue_entries{queue="metrics"}'), 0);
});
