import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { createPaint } from '../../../src/cli/demo/paint.js';
import type { Prometheus, QuerySample } from '../../../src/cli/demo/prometheus.js';
import { queryResults } from '../../../src/cli/demo/query-results.js';

const sample = (service: string, code: string, value: number): QuerySample => ({
  labels: { destination_service_name: service, response_code: code },
  value,
});

function prometheus(counts: readonly QuerySample[], slow: readonly QuerySample[]): Prometheus {
  return {
    url: 'http://127.0.0.1:9090',
    query: async () => slow,
    queryUntil: async (_, isGood) => (isGood(counts) ? counts : undefined),
    close: async () => undefined,
  };
}

describe('queryResults()', () => {
  it('lays out both answers, sorted', async () => {
    const one = prometheus([sample('b', '200', 2), sample('a', '200', 1)], [sample('a', '', 0.0125)]);
    const lines = (await queryResults(one, 3, createPaint(false))).join('\n');
    assert.match(lines, /Requests\n +a +200 +1\n +b +200 +2\n/);
    assert.match(lines, /\n +a +12\.5 ms\n/);
  });

  it('says so when not everything was scraped', async () => {
    const [line = ''] = await queryResults(prometheus([sample('a', '200', 2)], []), 3, createPaint(false));
    assert.match(line, /has not scraped all of it in time$/);
  });
});
