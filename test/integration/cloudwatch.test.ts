import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { Timestamp, type Value } from 'fairlead/sdk';
import { createMixer } from '../../src/index.js';
import { type Answer, AwsServer, type Body } from '../adapters/cloudwatch/aws-server.js';
import { setUp } from '../adapters/cloudwatch/support.js';
import { eventually } from '../support/peer.js';

const configuration = (url: string): string => `
kind: metric
metadata: { name: latency, namespace: istio-system }
spec:
  value: response.duration | "0ms"
  dimensions:
    service: destination.service.host | "unknown"
    code: response.code | 200
    agent: request.useragent | ""
---
kind: metric
metadata: { name: bytes, namespace: istio-system }
spec:
  value: response.size | 0
  dimensions: { service: destination.service.host | "unknown" }
---
kind: logentry
metadata: { name: access, namespace: istio-system }
spec:
  severity: '"info"'
  timestamp: request.time
  variables:
    source_ip: source.ip | ip("0.0.0.0")
    method: request.method | ""
    url: request.path | ""
    response_code: response.code | 0
    agent: request.useragent | ""
---
kind: cloudwatch
metadata: { name: aws, namespace: istio-system }
spec:
  namespace: mesh
  metric_info:
    latency.metric.istio-system: { unit: Milliseconds }
    bytes.metric.istio-system: { unit: Bytes_Second }
  log_group_name: mesh
  log_stream_name: access
  logs: { access.logentry.istio-system: {} }
  region: eu-west-1
  endpoint: ${url}
---
kind: rule
metadata: { name: observe, namespace: istio-system }
spec:
  actions: [{ handler: aws.cloudwatch, instances: [latency.metric, bytes.metric, access.logentry] }]
`;

async function start(t: TestContext) {
  const aws = await AwsServer.start();
  t.after(() => aws.close());
  aws.now = Date.now();
  const mixer = await createMixer({ config: { yaml: configuration(aws.url) } });
  t.after(() => mixer.close());
  assert.deepEqual(mixer.diagnostics, []);
  return { aws, mixer };
}

function request(more: Readonly<Record<string, Value>> = {}): Readonly<Record<string, Value>> {
  return {
    'destination.service.host': 'reviews.default.svc.cluster.local',
    'request.time': Timestamp.fromMillis(Date.now()),
    'request.method': 'GET',
    'request.path': '/reviews?id=1&full=<yes>',
    'response.code': 200n,
    'response.size': 1234n,
    'source.ip': Uint8Array.of(10, 0, 0, 7),
    ...more,
  };
}

const dataOf = (aws: AwsServer): Body[] => aws.calls.flatMap(({ body }) => (body['MetricData'] ?? []) as Body[]);
const eventsOf = (aws: AwsServer): Body[] => aws.calls.flatMap(({ body }) => (body['logEvents'] ?? []) as Body[]);

describe('cloudwatch in the engine', () => {
  it('delivers metrics and log entries that AWS finds nothing wrong with', async (t) => {
    const { aws, mixer } = await start(t);
    await mixer.report([request(), request({ 'request.useragent': 'curl' })]);
    await mixer.close();
    assert.deepEqual(aws.violations, []);
    const service = { Name: 'service', Value: 'reviews.default.svc.cluster.local' };
    const named = (name: string) =>
      dataOf(aws)
        .filter(({ MetricName }) => MetricName === `${name}.metric.istio-system`)
        .map(({ Value, Unit, Dimensions }) => ({ Value, Unit, Dimensions }));
    const size = { Value: 1234, Unit: 'Bytes/Second', Dimensions: [service] };
    assert.deepEqual(named('bytes'), [size, size]);
    const [first, second] = named('latency');
    assert.deepEqual(first, { Value: 0, Unit: 'Milliseconds', Dimensions: [service, { Name: 'code', Value: '200' }] });
    assert.deepEqual(second!['Dimensions'][2], { Name: 'agent', Value: 'curl' });
    const [event] = eventsOf(aws);
    assert.match(
      event!['message'],
      /^10\.0\.0\.7 - - \[20\d\d-\S+T\S+Z\] "GET \/reviews\?id=1&amp;full=&lt;yes&gt; -" 200 -$/,
    );
  });

  it('lets nothing that a request says spoil what others say', async (t) => {
    const { aws, mixer } = await start(t);
    const odd: readonly Readonly<Record<string, Value>>[] = [
      { 'request.useragent': 'é'.repeat(2 ** 20) },
      { 'request.useragent': '\u0000\n"\\', 'response.size': 2n ** 62n },
      { 'request.path': '<'.repeat(2 ** 20) },
      { 'request.time': Timestamp.parse('0000-01-01T00:00:00Z')! },
      { 'request.time': Timestamp.parse('9999-12-31T23:59:59Z')! },
      { 'request.time': Timestamp.fromMillis(Date.now() - 5 * 86_400_000) },
      { 'destination.service.host': '' },
    ];
    await mixer.report(odd.map(request));
    await mixer.close();
    assert.deepEqual(aws.violations, []);
    assert.equal(dataOf(aws).length, 2 * odd.length);
    assert.equal(eventsOf(aws).length, odd.length - 2);
  });
});

describe('cloudwatch in trouble', () => {
  const throttled: Answer = { error: 'ThrottlingException', more: { message: 'Rate exceeded' } };
  const troubles: readonly (readonly [string, Answer])[] = [
    ['is throttled', throttled],
    ['hears 429', { status: 429, text: '', headers: { 'retry-after': '1' } }],
    ['hears 500', { status: 500, text: '<html>oops</html>' }],
    ['hears 503', { error: 'ServiceUnavailable', status: 503 }],
    ['hears garbage', { status: 200, text: '\u0000<html' }],
    ['has its connection broken', 'reset'],
    ['hears half an answer', 'half'],
    ['hears nothing', 'hang'],
    ['hears that its credentials have expired', { error: 'ExpiredTokenException', status: 403 }],
  ];
  for (const [what, answer] of troubles) {
    it(`delivers later when it ${what}`, async (t) => {
      const { aws, env, metrics, logs } = await setUp(t);
      aws.answer = () => answer;
      void metrics(1n);
      void logs({});
      await env.clock.advance(1000);
      await aws.received(2);
      aws.answer = () => undefined;
      await eventually(async () => {
        await env.clock.advance(1000);
        return aws.calls.length >= 4 || undefined;
      });
      assert.equal(dataOf(aws).length, 2);
      assert.equal(eventsOf(aws).length, 2);
      assert.deepEqual(aws.violations, []);
      assert.doesNotMatch(JSON.stringify(env.logged), /not-a-secret/);
    });
  }

  it('delivers all in the end when the connection breaks every other time', async (t) => {
    const { aws, env, metrics } = await setUp(t);
    const broken = new Set<Body>();
    let count = 0;
    aws.answer = (_, body) => {
      count += 1;
      if (count % 2 === 0) return undefined;
      broken.add(body);
      return 'reset';
    };
    void metrics(...Array.from({ length: 100 }, (_, index) => BigInt(index)));
    const arrived = await eventually(async () => {
      await env.clock.advance(1000);
      const bodies = aws.calls.map(({ body }) => body).filter((body) => !broken.has(body));
      const values = bodies.flatMap((body) => body['MetricData'] as Body[]).map((datum) => datum['Value'] as number);
      return values.length >= 100 ? values : undefined;
    });
    assert.deepEqual(
      arrived.sort((a, b) => a - b),
      Array.from({ length: 100 }, (_, index) => index),
    );
    assert.deepEqual(aws.violations, []);
  });

  it('drops what is refused for good, and says why', async (t) => {
    const { aws, env, handler, metrics, logs } = await setUp(t);
    aws.answer = (action) => ({
      error: action.startsWith('Logs_') ? 'ResourceNotFoundException' : 'AccessDenied',
      more: { message: 'The specified log group does not exist.' },
    });
    void metrics(1n, 2n);
    void logs({});
    await handler.close?.();
    assert.equal(aws.calls.length, 2);
    const dropped = (queue: string) => env.measured.get(`delivery_dropped{queue="${queue}",reason="rejected"}`);
    assert.deepEqual([dropped('metrics'), dropped('logs')], [2, 1]);
    const said = JSON.stringify(env.logged);
    assert.match(said, /log stream \\"access\\" of group \\"mesh\\" does not exist/);
    assert.match(said, /HTTP 400: AccessDenied/);
  });

  it('drops the oldest when nobody listens, and ends in time', async (t) => {
    const { aws, env, handler, metrics } = await setUp(t);
    aws.close();
    for (let round = 0; round < 25; round += 1) void metrics(...Array.from({ length: 1000 }, () => 1n));
    await eventually(async () => {
      await env.clock.advance(1000);
      return env.measured.has('delivery_dropped{queue="metrics",reason="queue_full"}') || undefined;
    });
    let isClosed = false;
    const closing = Promise.resolve(handler.close?.()).then(() => (isClosed = true));
    await eventually(async () => {
      await env.clock.advance(1000);
      return isClosed || undefined;
    });
    await closing;
    const dropped = (reason: string) => env.measured.get(`delivery_dropped{queue="metrics",reason="${reason}"}`) ?? 0;
    assert.equal(dropped('queue_full'), 5000);
    assert.equal(dropped('queue_full') + dropped('closed') + dropped('retries_exhausted'), 25_000);
  });

  it('waits for a name that nobody knows, and says which', async (t) => {
    const { env, metrics, logs } = await setUp(t, 'endpoint: http://nowhere.invalid');
    void metrics(1n);
    void logs({});
    await eventually(async () => {
      await env.clock.advance(1000);
      return env.logged.length >= 2 || undefined;
    });
    assert.match(JSON.stringify(env.logged), /E(NOTFOUND|AI_AGAIN) \S*nowhere\.invalid/);
  });

  it('serves a log stream that wants sequence tokens', async (t) => {
    const { aws, env, logs } = await setUp(t);
    aws.token = 41;
    for (let round = 0; round < 3; round += 1) {
      void logs({ variables: { text: String(round) } });
      await env.clock.advance(1000);
      await aws.received(round + 2);
    }
    assert.equal(aws.token, 44);
    assert.deepEqual(
      aws.calls.map(({ body }) => body['sequenceToken'] as unknown),
      [undefined, '41', '42', '43'],
    );
    assert.deepEqual(aws.violations, []);
  });
});
