import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { ExpositionFormat } from 'fairlead/sdk';
import { PrometheusEndpoint } from '../../src/mixer/prometheus-endpoint.js';
import { MemoryLog } from '../support/memory-log.js';

async function* pieces(): AsyncGenerator<string, void> {
  yield 'a 1\n';
  yield 'b 2\n';
}
const scrape = (format: ExpositionFormat) => ({ format, pieces: pieces() });

describe('PrometheusEndpoint', () => {
  it('is open only while something is exposed', async () => {
    let keys: string[] = [];
    const log = new MemoryLog();
    const exposed = { keys: () => keys, scrape };
    const endpoint = new PrometheusEndpoint({ address: { kind: 'tcp', host: '127.0.0.1', port: 0 }, exposed, log });
    await endpoint.sync();
    assert.equal(endpoint.url, undefined);
    keys = ['prometheus'];
    await Promise.all([endpoint.sync(), endpoint.sync()]);
    const url = String(endpoint.url);
    const response = await fetch(url);
    assert.equal(await response.text(), 'a 1\nb 2\n');
    assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
    assert.equal(log.lines.length, 1);
    keys = [];
    await endpoint.sync();
    assert.equal(endpoint.url, undefined);
    await assert.rejects(fetch(url));
    keys = ['prometheus'];
    await endpoint.close();
    assert.equal(endpoint.url, undefined, 'closed for good');
  });

  it('says which format it answers in, which need not be the one that was asked for', async () => {
    const log = new MemoryLog();
    const address = { kind: 'tcp', host: '127.0.0.1', port: 0 } as const;
    const headers = { accept: 'application/openmetrics-text; version=1.0.0' };
    for (const [exposed, want] of [
      [{ keys: () => ['x'], scrape }, 'application/openmetrics-text; version=1.0.0; charset=utf-8'],
      [{ keys: () => ['x'], scrape: () => scrape('text') }, 'text/plain; version=0.0.4; charset=utf-8'],
    ] as const) {
      const endpoint = new PrometheusEndpoint({ address, exposed, log });
      await endpoint.sync();
      const response = await fetch(String(endpoint.url), { headers });
      assert.equal(response.headers.get('content-type'), want);
      await endpoint.close();
    }
  });

  it('logs a port that cannot be had, and tries again at the next change', async () => {
    const log = new MemoryLog();
    const exposed = { keys: () => ['x'], scrape };
    const options = (port: number): ConstructorParameters<typeof PrometheusEndpoint>[0] => ({
      address: { kind: 'tcp', host: '127.0.0.1', port },
      exposed,
      log,
    });
    const first = new PrometheusEndpoint(options(0));
    await first.sync();
    const second = new PrometheusEndpoint(options(Number(new URL(first.url ?? '').port)));
    await second.sync();
    assert.equal(second.url, undefined);
    assert.match(log.lines.at(-1)?.message ?? '', /^metrics are not served: cannot listen on 127\.0\.0\.1:/);
    await first.close();
    await second.sync();
    assert.notEqual(second.url, undefined);
    await second.close();
  });
});
