import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { outcomeOf, readFailure } from '../../../src/adapters/stackdriver/failure.js';

const read = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  readFailure('host', new Response('', { status, headers }), typeof body === 'string' ? body : JSON.stringify(body));
const error = (status: string) => ({ error: { code: 1, status, message: 'why' } });

describe('outcomeOf()', () => {
  for (const code of ['CANCELLED', 'DEADLINE_EXCEEDED', 'RESOURCE_EXHAUSTED', 'ABORTED', 'INTERNAL', 'UNAVAILABLE']) {
    it(`tries again after ${code}, whatever the status is`, () => {
      assert.deepEqual(outcomeOf(read(400, error(code))), { kind: 'retry', reason: 'host: HTTP 400: why' });
    });
  }

  for (const code of ['INVALID_ARGUMENT', 'NOT_FOUND', 'PERMISSION_DENIED', 'UNKNOWN', 'UNIMPLEMENTED']) {
    it(`gives up after ${code}`, () => {
      assert.deepEqual(outcomeOf(read(500, error(code))), { kind: 'rejected', reason: 'host: HTTP 500: why' });
    });
  }

  it('goes by the status when somebody else has answered', () => {
    for (const status of [401, 408, 425, 429, 500, 502, 503, 504]) {
      assert.equal(outcomeOf(read(status, '<html>')).kind, 'retry', String(status));
    }
    for (const status of [302, 400, 403, 404, 413, 501, 505]) {
      assert.equal(outcomeOf(read(status, '[null]')).kind, 'rejected', String(status));
    }
    assert.equal(outcomeOf(read(503, error('__proto__'))).kind, 'retry');
  });

  it('heeds Retry-After, for five minutes at most', () => {
    const wait = (text: string) => read(429, '', { 'retry-after': text }).retryAfterMillis;
    assert.deepEqual([wait('7'), wait('86400'), wait('soon'), wait('-1')], [7000, 300_000, undefined, undefined]);
    assert.deepEqual(outcomeOf(read(429, '', { 'retry-after': '7' })), {
      kind: 'retry',
      reason: 'host: HTTP 429',
      retryAfterMillis: 7000,
    });
  });
});
