import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { Timestamp } from 'fairlead/sdk';
import { startHttpCollector } from './collector.js';
import type { Plain } from './decode.js';
import { build } from './setup.js';

const collector = await startHttpCollector();
const endpoint = `endpoint: ${collector.endpoint}`;
const { received } = collector;
after(() => collector.stop());
beforeEach(() => void (received as unknown[]).splice(0));

function metricsOf(request: Plain): readonly Plain[] {
  const [resource] = request['resourceMetrics'] as [Plain];
  return (resource['scopeMetrics'] as [Plain])[0]['metrics'] as readonly Plain[];
}

function pointsOf(metric: Plain): readonly Plain[] {
  const data = (metric['sum'] ?? metric['gauge'] ?? metric['histogram']) as Plain;
  return data['dataPoints'] as readonly Plain[];
}

test('sums are exported at each interval, from one start, and once more at the end', async () => {
  const { env, count, until, close } = await build(`${endpoint}\nmetricsInterval: 10s`);
  count('m', 1n);
  await env.clock.advance(10_000);
  await until(() => received.length === 1, 100);
  count('m', 2n);
  await close();
  const points = received.map(({ request }) => pointsOf(metricsOf(request)[0]!)[0]!);
  assert.deepEqual(
    points.map(({ asInt, startTimeUnixNano }) => [asInt, startTimeUnixNano]),
    [
      ['1', '1767225600000000000'],
      ['3', '1767225600000000000'],
    ],
  );
});

test('nothing is exported where nothing was counted', async () => {
  const { env, close } = await build(endpoint, { m: ['INT64'] });
  await env.clock.advance(120_000);
  await close();
  assert.equal(received.length, 0);
});

test('what cannot be counted fails the call, and spoils nothing', async () => {
  const params = `${endpoint}\nmetrics: { d: { kind: DISTRIBUTION } }`;
  const { count, close } = await build(params);
  count('m', 5n);
  assert.throws(() => count('m', -1n), /metric m: a counter cannot be increased by -1/);
  assert.throws(() => count('m', NaN), /cannot be increased by NaN/);
  assert.throws(() => count('m', Infinity), /cannot be added up/);
  assert.throws(() => count('m', -1n, { other: 'x' }));
  assert.throws(() => count('d', NaN), /cannot be added up/);
  assert.throws(() => count('m', true), /its value is no number/);
  await close();
  const [metric, ...others] = metricsOf(received[0]!.request);
  assert.deepEqual(others, []);
  assert.deepEqual(
    pointsOf(metric!).map(({ asInt }) => asInt),
    ['5'],
  );
});

test('many streams are exported in several parts, and no request is too large', async () => {
  const { count, close } = await build(`${endpoint}\nmaxSeries: 350`);
  for (let n = 0; n < 400; n += 1) count('m', 1n, { n: BigInt(n), path: 'x'.repeat(10_000) });
  await close();
  const points = received.flatMap(({ request }) => metricsOf(request).flatMap(pointsOf));
  assert.equal(points.length, 350);
  assert.deepEqual(points.at(-1)!['asInt'], '51');
  assert.deepEqual(points.at(-1)!['attributes'], [{ key: 'otel.metric.overflow', value: { boolValue: true } }]);
});

test('label names choose the dimensions', async () => {
  const { count, close } = await build(`${endpoint}\nmetrics: { m: { label_names: [a] } }`, { m: ['INT64', 'a', 'b'] });
  count('m', 1n, { a: 'x', b: 'y' });
  count('m', 1n, { a: 'x', b: 'z' });
  await close();
  const [point] = pointsOf(metricsOf(received[0]!.request)[0]!);
  assert.equal(point!['asInt'], '2');
  assert.deepEqual(point!['attributes'], [{ key: 'a', value: { stringValue: 'x' } }]);
});

test('an instance that no rule sends is warned of', async () => {
  const { env, close } = await build(`${endpoint}\nmetrics: { typo: {} }`, { m: ['INT64'] });
  await close();
  assert.deepEqual(env.logged[0]?.fields, { field: 'metrics', instance: 'typo' });
});

test('a body that cannot be made fails the call, the rest of the entry arrives', async () => {
  const { log, close } = await build(`${endpoint}\nlogs: { l: { body: "{{index .a 1}}" } }`);
  assert.throws(() => log('l', { a: 1n }), /body of l: /);
  await close();
  const [resource] = received[0]!.request['resourceLogs'] as [Plain];
  const [record] = (resource['scopeLogs'] as [Plain])[0]['logRecords'] as [Plain];
  assert.ok(!('body' in record));
  assert.deepEqual(record['attributes'], [{ key: 'a', value: { intValue: '1' } }]);
});

test('hostile variables arrive, cut, under their names', async () => {
  const { log, close } = await build(`${endpoint}\nprotocol: HTTP_JSON`);
  const variables = Object.assign(Object.create(null) as object, { constructor: 'c', big: 'x'.repeat(2 ** 20) });
  Object.defineProperty(variables, '__proto__', { value: '"\u2028', enumerable: true });
  const map = new Map(Array.from({ length: 10_000 }, (_, n) => [String(n), 'v']));
  log('l', { ...variables, map });
  log('l', variables);
  await close();
  const [resource] = received[0]!.request['resourceLogs'] as [Plain];
  const [first, second] = (resource['scopeLogs'] as [Plain])[0]['logRecords'] as [Plain, Plain];
  const byKey = (record: Plain) =>
    new Map((record['attributes'] as { key: string; value: Plain }[]).map(({ key, value }) => [key, value]));
  assert.equal(byKey(second).get('__proto__')!['stringValue'], '"\u2028');
  assert.equal((byKey(second).get('big')!['stringValue'] as string).length, 32_768);
  const list = byKey(first).get('map')!['kvlistValue'] as { readonly values: readonly unknown[] };
  assert.equal(list.values.length, 128);
});

test('ids of a trace that are none are left out', async () => {
  const { log, close } = await build(endpoint);
  log('l', { traceId: 'nonsense', spanId: 'a2fb4a1d1a96d312' });
  log('l', { traceId: '48485a3953bb6124', spanId: 5n });
  await close();
  const [resource] = received[0]!.request['resourceLogs'] as [Plain];
  const [first, second] = (resource['scopeLogs'] as [Plain])[0]['logRecords'] as [Plain, Plain];
  assert.ok(!('traceId' in first) && !('spanId' in first));
  assert.equal(second['traceId'], '000000000000000048485a3953bb6124');
  assert.ok(!('spanId' in second));
});

test('times that OTLP cannot say are zero', async () => {
  const { log, close } = await build(`${endpoint}\nprotocol: HTTP_JSON`);
  log('l', {}, { timestamp: new Timestamp(-62_135_596_800, 0) });
  log('l', {}, { timestamp: new Timestamp(253_402_300_799, 0) });
  await close();
  const [resource] = received[0]!.request['resourceLogs'] as [Plain];
  const records = (resource['scopeLogs'] as [Plain])[0]['logRecords'] as readonly Plain[];
  assert.deepEqual(
    records.map(({ timeUnixNano }) => timeUnixNano),
    ['0', '0'],
  );
});

test('malformed spans are counted, those that are not wanted are not', async () => {
  const { env, trace, close } = await build(`${endpoint}\ntraces: { sample_probability: 0 }`);
  trace();
  trace({ traceId: '' });
  await close();
  assert.equal(env.measured.get('spans_skipped{reason="trace_id"}'), 1);
  assert.equal(received.length, 0);
});

test('a certificate that cannot be read keeps the handler from being built, by name', async () => {
  await assert.rejects(build(`${endpoint}\ntls: { ca_file: /nowhere/ca.pem }`), /tls\.caFile: '\/nowhere\/ca\.pem'/);
});
