import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createMixer, type Mixer } from '../../src/index.js';
import { BackendServer, failure } from '../adapters/bypass/backend-server.js';

const configuration = (address: string): string => `
kind: handler
metadata: { name: remote, namespace: istio-system }
spec:
  compiledAdapter: bypass
  params:
    backend_address: "${address}"
    session_based: true
---
kind: instance
metadata: { name: anything, namespace: istio-system }
spec: { compiledTemplate: checknothing }
---
kind: instance
metadata: { name: rate, namespace: istio-system }
spec: { compiledTemplate: quota, params: { dimensions: { user: source.user | "nobody" } } }
---
kind: instance
metadata: { name: size, namespace: istio-system }
spec:
  compiledTemplate: metric
  params: { value: request.size | 0, dimensions: { from: source.ip | ip("0.0.0.0"), host: 'dnsName("example.com")' } }
---
kind: rule
metadata: { name: all, namespace: istio-system }
spec: { actions: [ { handler: remote, instances: [ anything, rate, size ] } ] }
`;

describe('bypass in the engine', () => {
  let backend: BackendServer;
  let mixer: Mixer;
  before(async () => {
    backend = await BackendServer.start();
    backend.answers.set('CreateSession', () => ({ session_id: 's' }));
    mixer = await createMixer({ config: { yaml: configuration(backend.address) } });
  });
  after(async () => {
    await mixer.close();
    backend.stop();
  });

  it('opens a session with the types of the instances that rules send', async () => {
    assert.deepEqual(mixer.diagnostics, []);
    const [request] = await backend.requests('CreateSession');
    const types = request?.['inferred_types'];
    const names = ['anything', 'rate', 'size'].map((name) => `${name}.instance.istio-system`);
    assert.deepEqual(Object.keys(types).sort(), names);
    assert.deepEqual(backend.decode('metric.Type', types['size.instance.istio-system'].value), {
      value: 2,
      dimensions: { from: 6, host: 9 },
    });
  });

  it('denies as the backend denies, and says which handler it was', async () => {
    backend.answers.set('HandleCheckNothing', ({ instance }) => ({
      status: { code: 7, message: `no ${String(instance.name)}` },
      valid_use_count: 3,
    }));
    const { status, validUseCount } = await mixer.check({});
    assert.equal(status.code, 7);
    assert.equal(status.message, 'remote.istio-system:no anything.instance.istio-system');
    assert.equal(validUseCount, 3);
  });

  it('makes an INTERNAL failure of an error of the backend', async () => {
    backend.answers.set('HandleCheckNothing', () => failure(9, 'not now'));
    await assert.rejects(mixer.check({}), /FAILED_PRECONDITION: not now/);
  });

  it('grants what the backend grants', async () => {
    backend.answers.delete('HandleCheckNothing');
    backend.answers.set('HandleQuota', ({ quota_request: { quotas } }) => ({
      quotas: { [Object.keys(quotas)[0]!]: { granted_amount: '2', valid_duration: { seconds: 9 } } },
    }));
    const quotas = [{ name: 'rate', amount: 5n, bestEffort: true }];
    const decision = await mixer.check({ 'source.user': 'ann' }, { quotas, deduplicationId: 'id-' });
    const [granted] = decision.quotas;
    assert.equal(granted?.grantedAmount, 2n);
    assert.equal(granted.validDuration.seconds, 9);
    const [request] = await backend.requests('HandleQuota');
    assert.equal(request?.['dedup_id'], 'id-rate');
    assert.equal(request['instance'].dimensions.user.string_value, 'ann');
    assert.equal(request['adapter_config'].value.toString(), 's');
  });

  it('reports', async () => {
    const address = Uint8Array.of(10, 0, 0, 7);
    await mixer.report([{ 'request.size': 2n ** 60n, 'source.ip': address }, { 'request.size': 1n }]);
    const [request] = await backend.requests('HandleMetric');
    const [first, second] = request?.['instances'] ?? [];
    assert.equal(first.value.int64_value, String(2n ** 60n));
    assert.deepEqual([...first.dimensions.from.ip_address_value.value].slice(-4), [...address]);
    assert.equal(first.dimensions.host.dns_name_value.value, 'example.com');
    assert.equal(second.value.int64_value, '1');
  });
});
