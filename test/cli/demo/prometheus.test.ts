import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, describe, it } from 'node:test';

import { startPrometheus } from '../../../src/cli/demo/prometheus.js';
import { peer } from '../../support/peer.js';
import { tempFolder } from '../../support/temp-folder.js';

const signal = new AbortController().signal;

describe('startPrometheus()', () => {
  const target = createServer((_, response) => response.end('shop_requests_total{code="200"} 3\n'));
  after(() => target.close());

  it('gives nothing when there is no such program', async () => {
    const options = { folder: tempFolder(), targets: {}, signal, command: 'no-such-prometheus' };
    assert.equal(await startPrometheus(options), undefined);
  });

  it('gives nothing when the program ends at once', async () => {
    assert.equal(await startPrometheus({ folder: tempFolder(), targets: {}, signal, command: 'false' }), undefined);
  });

  it('scrapes, answers queries and ends', peer('prometheus', 'apt-get install prometheus'), async () => {
    await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
    const targets = { shop: `http://127.0.0.1:${(target.address() as AddressInfo).port}/metrics` };
    const stop = new AbortController();
    const prometheus = await startPrometheus({ folder: tempFolder(), targets, signal: stop.signal });
    assert.ok(prometheus);
    try {
      const answer = await prometheus.queryUntil(
        'sum by (code, job) (shop_requests_total)',
        ({ length }) => length > 0,
      );
      assert.deepEqual(answer, [{ labels: { code: '200', job: 'shop' }, value: 3 }]);
      await assert.rejects(prometheus.query('sum('), /parse error/);
      stop.abort();
      assert.equal(await prometheus.queryUntil('up', () => true), undefined);
    } finally {
      await prometheus.close();
    }
    await prometheus.close();
    await assert.rejects(fetch(prometheus.url));
  });
});
