import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { PrometheusEndpoint } from '../../src/mixer/prometheus-endpoint.js';
import { MemoryLog } from '../support/memory-log.js';

describe('PrometheusEndpoint', () => {
  it('is open only while something is exposed', async () => {
    let keys: string[] = [];
    const log = new MemoryLog();
    const exposed = { keys: () => keys, exposition: () => Promise.resolve('a 1\n') };
    const endpoint = new PrometheusEndpoint({ address: { kind: 'tcp', host: '127.0.0.1', port: 0 }, exposed, log });
    await endpoint.sync();
    assert.equal(endpoint.url, undefined);
    keys = ['prometheus'];
    await Promise.all([endpoint.sync(), endpoint.sync()]);
    const url = String(endpoint.url);
    const response = await fetch(url);
    assert.equal(await response.text(), 'a 1\n');
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

  it('logs a port that cannot be had, and tries again at the next change', async () => {
    const log = new MemoryLog();
    const exposed = { keys: () => ['x'], exposition: () => Promise.resolve('') };
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
