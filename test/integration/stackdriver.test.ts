import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { Duration, Timestamp, type Value } from 'fairlead/sdk';
import { logentry, metric, tracespan } from 'fairlead/templates';
import { fakeCall, sampleInstance } from 'fairlead/testing';
import { createMixer, type Mixer } from '../../src/index.js';
import { Google, refuse } from '../adapters/stackdriver/google.js';
import { createStackdriver, type Stackdriver, type StackdriverOptions } from '../adapters/stackdriver/support.js';
import type { BackendAnswer } from '../support/http-backend.js';
import { tempFolder } from '../support/temp-folder.js';

// Requests, access logs and traces of a mesh for Google, as Istio's sample for Fortio sends them.
const mesh = (endpoint: string, key: string): string => `
kind: handler
metadata: { name: stackdriver, namespace: istio-system }
spec:
  compiledAdapter: stackdriver
  params:
    serviceAccountPath: ${key}
    projectId: p
    endpoint: ${endpoint}
    pushInterval: 5s
    metricInfo:
      server-request-count.instance.istio-system:
        kind: 3
        value: 2
        metric_type: istio.io/service/server/request_count
    logInfo:
      server-accesslog.instance.istio-system:
        labelNames: [source_ip, destination_workload, response_code, latency, response_timestamp]
        payloadTemplate: '{{.method}} {{.url}} -> {{.response_code}}'
        httpMapping: { status: response_code, latency: latency, remoteIp: source_ip, url: url, method: method }
    trace: { sampleProbability: 1.0 }
---
kind: instance
metadata: { name: server-accesslog, namespace: istio-system }
spec:
  compiledTemplate: logentry
  params:
    severity: '"Info"'
    timestamp: request.time
    variables:
      source_ip: source.ip | ip("0.0.0.0")
      destination_workload: destination.workload.name | ""
      response_code: response.code | 0
      latency: response.duration | "0ms"
      response_timestamp: response.time
      method: request.method | ""
      url: request.path | ""
    monitored_resource_type: '"k8s_container"'
    monitoredResourceDimensions: { project_id: '""', namespace_name: destination.namespace | "unknown" }
---
kind: instance
metadata: { name: server-request-count, namespace: istio-system }
spec:
  compiledTemplate: metric
  params:
    value: "1"
    dimensions:
      destination_service_name: destination.service.name | "unknown"
      response_code: response.code | 0
    monitoredResourceType: '"k8s_container"'
    monitoredResourceDimensions: { project_id: '""', namespace_name: destination.workload.namespace | "unknown" }
---
kind: instance
metadata: { name: stackdriver-span, namespace: istio-system }
spec:
  compiledTemplate: tracespan
  params:
    traceId: request.headers["x-b3-traceid"]
    spanId: request.headers["x-b3-spanid"] | ""
    spanName: destination.service.name | "unknown"
    startTime: request.time
    endTime: response.time
    clientSpan: (context.reporter.kind | "inbound") == "outbound"
    httpStatusCode: response.code | 0
    spanTags: { request_size: request.size | 0, source_ip: source.ip | ip("0.0.0.0") }
---
kind: rule
metadata: { name: stackdriver, namespace: istio-system }
spec:
  match: context.protocol == "http" || context.protocol == "grpc"
  actions:
    - handler: stackdriver.handler
      instances: [server-accesslog, server-request-count, stackdriver-span]
`;

const request = {
  'context.protocol': 'http',
  'request.method': 'GET',
  'request.path': '/fortio',
  'request.size': 7n,
  'request.time': new Timestamp(1_767_225_600, 0),
  'response.time': new Timestamp(1_767_225_600, 30_000_000),
  'response.duration': Duration.fromMillis(30),
  'response.code': 200n,
  'source.ip': Uint8Array.of(10, 0, 0, 7),
  'destination.service.name': 'fortio',
  'destination.workload.name': 'fortio-v1',
  'request.headers': new Map([
    ['x-b3-traceid', '463ac35c9f6413ad48485a3953bb6124'],
    ['x-b3-spanid', 'a2fb4a1d1a96d312'],
  ]),
};

describe('stackdriver in the engine', () => {
  const folder = tempFolder();
  let google: Google;
  let mixer: Mixer;
  before(async () => {
    google = await Google.start();
    const key = join(folder, 'engine.json');
    writeFileSync(key, google.credentials);
    mixer = await createMixer({ config: { yaml: mesh(google.url, key) } });
  });
  after(() => google.backend.close());

  it('brings metrics, logs and spans of the mesh to Google', async () => {
    assert.deepEqual(mixer.diagnostics, []);
    await mixer.report([request, { ...request, 'response.code': 503n }, request]);
    await mixer.close();
    const resource = { type: 'k8s_container', labels: { project_id: 'p', namespace_name: 'unknown' } };
    assert.deepEqual(
      google.series.map(({ metric: name, points, ...rest }): readonly unknown[] => [
        name.type,
        name.labels.response_code,
        points[0].value,
        rest['resource'],
      ]),
      [
        ['istio.io/service/server/request_count', '200', { int64Value: '2' }, resource],
        ['istio.io/service/server/request_count', '503', { int64Value: '1' }, resource],
      ],
    );
    const [entry] = google.entries;
    assert.equal(google.entries.length, 3);
    assert.equal(entry?.['logName'], 'projects/p/logs/server-accesslog.instance.istio-system');
    assert.deepEqual(
      [entry['severity'], entry['textPayload'], entry['resource']],
      ['INFO', 'GET /fortio -> 200', resource],
    );
    assert.deepEqual(entry['labels'], {
      source_ip: '10.0.0.7',
      destination_workload: 'fortio-v1',
      response_code: '200',
      latency: '30ms',
      response_timestamp: '2026-01-01 00:00:00.03 +0000 UTC',
    });
    assert.deepEqual(entry['httpRequest'], {
      requestMethod: 'GET',
      requestUrl: '/fortio',
      status: 200,
      remoteIp: '10.0.0.7',
      latency: '0.03s',
    });
    const [span] = google.spans;
    assert.equal(google.spans.length, 3);
    assert.equal(span?.['name'], 'projects/p/traces/463ac35c9f6413ad48485a3953bb6124/spans/a2fb4a1d1a96d312');
    assert.deepEqual([span['displayName'].value, span['spanKind']], ['Recv.fortio', 'SERVER']);
    assert.deepEqual(span['attributes'].attributeMap.request_size, { intValue: '7' });
    assert.equal(google.tokens, 1);
    assert.deepEqual(google.violations, []);
  });
});

// The shortest there is: the clock is the tests', but each of its steps waits for the network.
const params = `
push_interval: 5s
metric_info: { m: { kind: DELTA, value: INT64 } }
log_info: { l: { label_names: [text], payload_template: '{{.text}}' } }
trace: { sample_probability: 1 }`;
const spanIds = { traceId: '463ac35c9f6413ad48485a3953bb6124', spanId: 'a2fb4a1d1a96d312' };

const samples = {
  metric: sampleInstance(metric, { name: 'm', value: 1n }),
  entry: sampleInstance(logentry, { name: 'l' }),
  span: sampleInstance(tracespan, spanIds),
};

/** Reports one of each for every text. */
function reportAll({ handler }: Stackdriver, ...texts: readonly Value[]): void {
  const all = texts.map((text) => ({ text }));
  const call = fakeCall();
  void handler.handleMetric(
    all.map((dimensions) => ({ ...samples.metric, dimensions })),
    call,
  );
  void handler.handleLogEntry(
    all.map((variables) => ({ ...samples.entry, variables })),
    call,
  );
  void handler.handleTraceSpan(
    all.map((spanTags) => ({ ...samples.span, spanTags })),
    call,
  );
}

const arrived = ({ google }: Stackdriver, count: number): boolean =>
  google.series.length === count && google.entries.length === count && google.spans.length === count;
const isApi = (path: string): boolean => !path.startsWith('/token');
const queues = ['metrics', 'logs', 'spans'];
const dropped = ({ env }: Stackdriver, reason: string): number =>
  queues.reduce(
    (sum, queue) => sum + (env.measured.get(`delivery_dropped{queue="${queue}",reason="${reason}"}`) ?? 0),
    0,
  );

// Each has a Google and a clock of its own, and most of its time it waits for the network.
describe('stackdriver and a Google that is ill', { concurrency: 4 }, () => {
  const folder = tempFolder();
  const create = (t: TestContext, where: Pick<StackdriverOptions, 'google' | 'endpoint'> = {}): Promise<Stackdriver> =>
    createStackdriver(t, folder, { params, types: { m: 'INT64' }, ...where });

  const illnesses: readonly (readonly [string, BackendAnswer])[] = [
    ['answers 429 with a time to wait', { status: 429, headers: { 'retry-after': '2' } }],
    ['answers that it is unavailable', refuse(503, 'UNAVAILABLE')],
    ['answers 500 with garbage', { status: 500, body: '\u0000<html>{"error":' }],
    ['hangs', 'hang'],
    ['breaks connections', 'reset'],
  ];
  // An attempt waits 15 seconds for an answer.
  const stepOf = (answer: BackendAnswer): number => (answer === 'hang' ? 2000 : 1000);
  for (const [title, answer] of illnesses) {
    it(`gets everything once it is well again: ${title}`, async (t) => {
      const built = await create(t);
      const seen = new Map<string, number>();
      built.google.fail = (path) => {
        seen.set(path, (seen.get(path) ?? 0) + 1);
        return isApi(path) && seen.get(path)! <= 2 ? answer : undefined;
      };
      reportAll(built, 'text');
      await built.until(() => arrived(built, 1), stepOf(answer));
      assert.deepEqual(built.google.violations, []);
      await built.close();
    });
  }

  for (const [title, answer] of illnesses) {
    it(`gets everything once its tokens are given again: ${title}`, async (t) => {
      const built = await create(t);
      let failures = 0;
      built.google.failToken = () => {
        failures += 1;
        return failures <= 3 ? answer : undefined;
      };
      reportAll(built, 'text');
      await built.until(() => arrived(built, 1), stepOf(answer));
      assert.deepEqual(built.google.violations, []);
      await built.close();
    });
  }

  it('is not known to the DNS: reports go on, closing ends, and logs tell why', async (t) => {
    const built = await create(t, { endpoint: 'https://nowhere.invalid' });
    reportAll(built, 'text');
    await built.until(() => built.env.logged.some(({ message }) => message === 'backend unreachable'));
    const { fields } = built.env.logged.find(({ message }) => message === 'backend unreachable')!;
    assert.match(String(fields['error']), /^nowhere\.invalid: E(NOTFOUND|AI_AGAIN)$/);
    await built.close(1000);
    assert.equal(built.google.calls.length, 0);
  });

  it('is asked with a new token when the old one is refused', async (t) => {
    const built = await create(t);
    reportAll(built, 'text');
    await built.until(() => arrived(built, 1));
    built.google.expired = built.google.tokens;
    reportAll(built, 'text');
    await built.until(() => arrived(built, 2));
    assert.ok(built.google.tokens >= 2);
    assert.deepEqual(built.google.violations, []);
    await built.close();
  });

  it('gets what it refuses for good only once, and what comes after that', async (t) => {
    const built = await create(t);
    built.google.fail = () => refuse(403, 'PERMISSION_DENIED');
    reportAll(built, 'text');
    await built.until(() => dropped(built, 'rejected') === 3);
    assert.equal(built.google.calls.length, 3);
    built.google.fail = () => undefined;
    reportAll(built, 'text');
    await built.until(() => arrived(built, 1));
    await built.close();
  });

  it('has no entry twice when it took them and its answer was lost', async (t) => {
    const built = await create(t);
    const inner = built.google.backend.answer;
    let isLost = true;
    built.google.backend.answer = (got) => {
      const answer = inner(got);
      const isLogs = got.path === '/v2/entries:write';
      if (!isLogs || !isLost) return answer;
      isLost = false;
      return 'reset';
    };
    reportAll(built, 'text');
    await built.until(() => built.google.calls.filter((call) => call.endsWith('entries:write')).length === 2);
    await built.until(() => arrived(built, 1));
    await built.close();
  });

  it('is not there from the start: reports go on, memory is bounded, closing ends', async (t) => {
    const google = await Google.start();
    const built = await create(t, { google });
    await google.backend.close();
    for (let call = 0; call < 25; call += 1) {
      reportAll(built, ...Array.from({ length: 1000 }, (_, index) => `text ${call * 1000 + index}`));
    }
    await built.until(() => built.env.logged.some(({ message }) => message === 'backend unreachable'));
    assert.ok((built.env.measured.get('delivery_dropped{queue="logs",reason="queue_full"}') ?? 0) >= 5000);
    assert.ok((built.env.measured.get('delivery_dropped{queue="spans",reason="queue_full"}') ?? 0) >= 15_000);
    await built.close(1000);
    for (const queue of queues) assert.equal(built.env.measured.get(`delivery_queue_entries{queue="${queue}"}`), 0);
  });

  it('gets labels of a megabyte cut, and values of any kind as texts', async (t) => {
    const built = await create(t);
    const values: readonly Value[] = [
      'x'.repeat(2 ** 20),
      '\ud800__proto__\u0000',
      NaN,
      -Infinity,
      new Timestamp(-62_167_219_200, 0),
      new Map([['k', 'v'.repeat(2 ** 20)]]),
      new Uint8Array(5),
    ];
    reportAll(built, ...values);
    await built.until(() => arrived(built, values.length));
    assert.deepEqual(built.google.violations, []);
    assert.equal(dropped(built, 'rejected'), 0);
    await built.close();
  });

  it('gets no spans of years that it does not know', async (t) => {
    const built = await create(t);
    const times = { startTime: new Timestamp(-62_167_219_200, 0), endTime: new Timestamp(0, 0) };
    void built.handler.handleTraceSpan([sampleInstance(tracespan, { ...spanIds, ...times })], fakeCall());
    assert.equal(built.env.measured.get('spans_skipped{reason="time"}'), 1);
    await built.close();
    assert.deepEqual(built.google.spans, []);
  });
});
