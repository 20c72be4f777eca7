import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openTraceCollector } from '../../../src/cli/proxy/trace-collector.js';
import type { SpanData } from '../../../src/proxy/index.js';
import { type HttpBackend, startHttpBackend } from '../../support/http-backend.js';
import { MemoryLog } from '../../support/memory-log.js';

const span: SpanData = {
  traceId: '463ac35c9f6413ad48485a3953bb6124',
  spanId: 'a2fb4a1d1a96d312',
  parentSpanId: undefined,
  kind: 'CLIENT',
  name: 'reviews.default.svc.cluster.local:80/*',
  start: Date.UTC(2026, 0, 1),
  durationMillis: 12,
  serviceName: 'storefront.shop',
  localAddress: '10.0.0.2',
  peerAddress: '10.0.0.9',
  status: 200,
  received: 0,
  sent: 2,
  tags: { component: 'proxy' },
};

describe('openTraceCollector()', () => {
  let backend: HttpBackend;
  before(async () => {
    backend = await startHttpBackend();
  });
  after(() => backend.close());

  const options = { workingDirectory: '.', log: new MemoryLog() };

  it('sends all that it was given to Zipkin before it ends', { timeout: 60_000 }, async () => {
    const spans = await openTraceCollector({ adapter: 'zipkin', url: backend.url }, options);
    spans.report(span);
    await spans.close();
    const [request] = backend.requests;
    assert.equal(request?.path, '/api/v2/spans');
    const [sent] = JSON.parse(request.body) as Record<string, unknown>[];
    assert.deepEqual(
      [sent?.['traceId'], sent?.['id'], sent?.['kind'], sent?.['name'], sent?.['duration']],
      [span.traceId, span.spanId, 'CLIENT', span.name, 12_000],
    );
    assert.deepEqual(sent?.['localEndpoint'], { serviceName: 'storefront.shop', ipv4: '10.0.0.2' });
    assert.deepEqual(sent['remoteEndpoint'], { ipv4: '10.0.0.9' });
  });

  it('sends to OTLP', { timeout: 60_000 }, async () => {
    const count = backend.requests.length;
    const spans = await openTraceCollector({ adapter: 'otlp', url: backend.url }, options);
    spans.report(span);
    await spans.close();
    const request = backend.requests[count];
    assert.equal(request?.path, '/v1/traces');
    assert(request.raw.includes(span.name));
    for (const attribute of ['network.local.address', '10.0.0.2', 'network.peer.address', '10.0.0.9']) {
      assert(request.raw.includes(attribute));
    }
  });

  it('takes a path that is not the usual one', { timeout: 60_000 }, async () => {
    const count = backend.requests.length;
    const spans = await openTraceCollector({ adapter: 'zipkin', url: `${backend.url}/spans` }, options);
    spans.report(span);
    await spans.close();
    assert.equal(backend.requests[count]?.path, '/spans');
  });
});
