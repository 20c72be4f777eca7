import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { QuotaCache, type QuotaVerdict } from '../../../src/client/cache/quota-cache.js';
import type { QuotaAnswer, Value } from '../../../src/client/index.js';
import { grant } from '../support/scripted-mixer.js';

const user = (name: string): Map<string, Value> => new Map([['source.user', name]]);
const needs = [{ quota: 'calls', charge: 1 }];
const byUser = { dependencies: [{ name: 'source.user', key: undefined, condition: 'EXACT' as const }] };

function ask(cache: QuotaCache, attributes: Map<string, Value>, now = 0): QuotaVerdict {
  return cache.check(attributes, needs, { useCache: true, now });
}

function settle(verdict: QuotaVerdict, answer: QuotaAnswer, now = 0): void {
  verdict.settle(new Map([['calls', answer]]), now);
}

describe('the cache of quotas (1.12)', () => {
  it('keeps amounts apart by what the quota depends on', () => {
    const cache = new QuotaCache(10);
    settle(ask(cache, user('a')), grant(2, byUser));
    // The first one passed; one is left for a, none was asked for b yet.
    assert.equal(ask(cache, user('a')).status?.code, 0);
    assert.equal(ask(cache, user('a')).status?.code, 8);
    const other = ask(cache, user('b'));
    assert.equal(other.status?.code, 0);
    assert.deepEqual(other.asks, [{ name: 'calls', amount: 10n, bestEffort: true }]);
  });

  it('serves everybody from one amount until the first answer', () => {
    const cache = new QuotaCache(10);
    assert.equal(ask(cache, user('a')).asks.length, 1);
    assert.equal(ask(cache, user('b')).asks.length, 0);
  });

  it('does not replace an amount that is known', () => {
    const cache = new QuotaCache(10);
    settle(ask(cache, user('a')), grant(1, byUser));
    // b has an amount of its own; its answer, as if it depended on nothing new, must not become a's.
    const other = ask(cache, user('b'));
    settle(other, grant(10, byUser));
    assert.equal(ask(cache, user('a')).status?.code, 8);
    assert.equal(ask(cache, user('b')).status?.code, 0);
  });

  it('stays with one amount when the answer does not tell what it depends on', () => {
    const cache = new QuotaCache(10);
    settle(ask(cache, user('a')), grant(1, { dependencies: undefined }));
    assert.equal(ask(cache, user('b')).status?.code, 8);
  });

  it('takes a grant as good for a minute when the answer does not say', () => {
    const cache = new QuotaCache(10);
    settle(ask(cache, user('a')), grant(9));
    assert.equal(ask(cache, user('a'), 59_999).status?.code, 0);
    assert.equal(ask(cache, user('a'), 60_001).status?.code, 8);
  });

  it('forgets an amount that nobody asks for in ten minutes', () => {
    const cache = new QuotaCache(10);
    settle(ask(cache, user('a')), grant(1, { ...byUser, validMillis: 3_600_000 }));
    assert.equal(ask(cache, user('a'), 1).status?.code, 8);
    assert.equal(ask(cache, user('a'), 600_002).status?.code, 0);
  });

  it('passes what a backend that is not there does not decide', () => {
    const cache = new QuotaCache(10);
    settle(ask(cache, user('a')), grant(0, { status: { code: 14, message: '' } }));
    assert.equal(ask(cache, user('a')).status?.code, 0);
  });

  it('asks for everything while the check is not known', () => {
    const verdict = new QuotaCache(10).check(user('a'), needs, { useCache: false, now: 0 });
    assert.equal(verdict.status, undefined);
    assert.deepEqual(verdict.asks, [{ name: 'calls', amount: 1n, bestEffort: false }]);
    assert.equal(verdict.settle(undefined, 0).code, 0);
    assert.equal(verdict.settle(new Map(), 0).code, 0);
    assert.equal(verdict.settle(new Map([['calls', grant(0)]]), 0).code, 8);
  });
});
