import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { outcomes } from '../../../src/cli/demo/outcomes.js';

const http = { title: '', calls: 1, attributes: [['context.protocol', 'http']] as const };
const tcp = { title: '', calls: 1, attributes: [['context.protocol', 'tcp']] as const };
const codes = (scenario: Parameters<typeof outcomes>[0], httpCode: number): unknown[] =>
  [0, 1, 2, 3].map((call) => new Map(outcomes(scenario, { httpCode, call })[0]).get('response.code'));

describe('outcomes()', () => {
  it('tells of each request once, with the attributes of the scenario and the code of the verdict', () => {
    const told = outcomes(http, { httpCode: 403, call: 5 });
    assert.equal(told.length, 1);
    assert.deepEqual(told[0]?.[0], ['context.protocol', 'http']);
    assert.deepEqual(codes(http, 403), [403n, 403n, 403n, 403n]);
  });

  it('lets each so many-th allowed request find a broken service', () => {
    assert.deepEqual(codes({ ...http, breaksEvery: 2 }, 200), [200n, 503n, 200n, 503n]);
    assert.deepEqual(codes({ ...http, breaksEvery: 2 }, 429), [429n, 429n, 429n, 429n]);
  });

  it('tells of a connection when it opens and when it closes', () => {
    const events = outcomes(tcp, { httpCode: 200, call: 0 }).map((one) => new Map(one).get('connection.event'));
    assert.deepEqual(events, ['open', 'close']);
  });
});
