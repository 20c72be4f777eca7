import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { Timestamp } from 'fairlead/sdk';
import { createMixer, type Mixer } from '../../src/index.js';
import { GoogleServer } from '../adapters/servicecontrol/google-server.js';
import { tempFolder } from '../support/temp-folder.js';

const echo = 'echo.default.svc.cluster.local';
const configuration = (endpoint: string, credentials: string): string => `
kind: servicecontrol
metadata: { name: endpoints, namespace: istio-system }
spec:
  runtime_config: { check_cache_size: 200, check_result_expiration: 60s }
  credential_path: ${credentials}
  endpoint: ${endpoint}
  service_configs:
    - mesh_service_name: ${echo}
      google_service_name: echo.endpoints.p.cloud.goog
      quotas:
        - { name: ratelimit.quota.istio-system, google_quota_metric_name: read-requests, expiration: 1m }
    - { mesh_service_name: other, google_service_name: other.endpoints.p.cloud.goog }
---
kind: apikey
metadata: { name: key, namespace: istio-system }
spec:
  api: destination.service.host | ""
  api_operation: api.operation | ""
  api_key: request.api_key | ""
  timestamp: request.time
---
kind: quota
metadata: { name: ratelimit, namespace: istio-system }
spec: { dimensions: { api_operation: api.operation | "", api_key: request.api_key | "" } }
---
kind: servicecontrolreport
metadata: { name: report, namespace: istio-system }
spec:
  api_service: destination.service.host | ""
  api_operation: api.operation | ""
  api_key: request.api_key | ""
  request_time: request.time
  request_bytes: request.size | 0
  response_time: response.time | request.time
  response_code: response.code | 520
  response_latency: response.duration | "0ms"
---
kind: rule
metadata: { name: manage, namespace: istio-system }
spec:
  actions:
    - handler: endpoints.servicecontrol
      instances: [ key.apikey, ratelimit.quota, report.servicecontrolreport ]
`;

const request = {
  'destination.service.host': echo,
  'api.operation': 'echo',
  'request.api_key': 'key-1',
  'request.time': new Timestamp(1_767_225_600, 0),
};

describe('servicecontrol in the engine', () => {
  const folder = tempFolder();
  let google: GoogleServer;
  let mixer: Mixer;
  before(async () => {
    google = await GoogleServer.start();
    const credentials = join(folder, 'key.json');
    writeFileSync(credentials, google.credentials);
    mixer = await createMixer({
      config: { yaml: configuration(google.url, credentials) },
      adapterTimeoutMillis: 10_000,
    });
  });
  afterEach(() => google.reset());
  after(async () => {
    await mixer.close();
    google.stop();
    assert.deepEqual(google.violations, []);
  });

  it('finds nothing wrong with the configuration', () => {
    assert.deepEqual(mixer.diagnostics, []);
  });

  it('lets a good key pass, once asked, and denies a bad one by name', async () => {
    google.answer = (_, { operation }) =>
      operation.consumerId === 'api_key:key-1' ? {} : { checkErrors: [{ code: 'API_KEY_EXPIRED', detail: 'in May' }] };
    for (let round = 0; round < 3; round += 1) assert.equal((await mixer.check(request)).status.code, 0);
    assert.equal(google.calls.length, 1);
    const { status } = await mixer.check({ ...request, 'request.api_key': 'key-2' });
    assert.deepEqual(status, {
      code: 3,
      message: 'endpoints.servicecontrol.istio-system:API_KEY_EXPIRED: in May',
    });
  });

  it('allocates the quota of the service that has it', async () => {
    const quotas = [{ name: 'ratelimit', amount: 3n, bestEffort: false }];
    const decision = await mixer.check(request, { quotas });
    assert.equal(decision.quotas[0]?.grantedAmount, 3n);
    const [body] = await google.bodies('allocateQuota');
    assert.equal(body?.['allocateOperation'].quotaMetrics[0].metricValues[0].int64Value, '3');
    google.answer = () => ({ allocateErrors: [{ code: 'RESOURCE_EXHAUSTED', description: 'out of quota' }] });
    const [refused] = (await mixer.check(request, { quotas })).quotas;
    assert.equal(refused?.grantedAmount, 0n);
    assert.equal(refused.status.code, 8);
  });

  it('reports requests to the service they were made to', async () => {
    const response = { 'response.code': 503n, 'request.size': 2n ** 54n };
    await mixer.report([
      { ...request, ...response },
      { ...request, ...response, 'destination.service.host': 'other' },
    ]);
    const [first, second] = await google.bodies('report', 2);
    for (const body of [first, second]) {
      const [{ labels, logEntries }] = body?.['operations'] ?? [];
      assert.equal(labels['/response_code'], '503');
      assert.equal(logEntries[0].severity, 'ERROR');
    }
    assert.deepEqual(google.calls.map(({ service }) => service).sort(), [
      'echo.endpoints.p.cloud.goog',
      'other.endpoints.p.cloud.goog',
    ]);
  });
});
