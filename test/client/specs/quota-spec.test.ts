import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { compileQuotaSpecs, type QuotaRule, type StringMatch, type Value } from '../../../src/client/index.js';

const spec = (...rules: QuotaRule[]) => ({ name: 'q', namespace: 'n', rules });
const when = (clause: Record<string, StringMatch>) => ({ clause: new Map(Object.entries(clause)) });
const request = new Map<string, Value>([
  ['request.path', '/api/v1/books'],
  ['source.user', 'anna'],
  ['request.size', 5n],
]);
const applies = (...match: { clause: Map<string, StringMatch> }[]): boolean =>
  compileQuotaSpecs([spec({ match, quotas: [{ quota: 'calls' }] })])(request).length > 0;

describe('quota specs (1.12)', () => {
  it('charge one unless they say more, from every rule that applies, in order', () => {
    const specs = [
      spec({ quotas: [{ quota: 'a' }, { quota: 'b', charge: 5 }] }),
      spec(
        { match: [when({ 'source.user': { exact: 'bob' } })], quotas: [{ quota: 'c' }] },
        { match: [when({ 'source.user': { exact: 'anna' } })], quotas: [{ quota: 'd' }] },
      ),
    ];
    assert.deepEqual(compileQuotaSpecs(specs)(request), [
      { quota: 'a', charge: 1 },
      { quota: 'b', charge: 5 },
      { quota: 'd', charge: 1 },
    ]);
    assert.deepEqual(compileQuotaSpecs([])(request), []);
  });

  it('apply when any match does, of which all clauses have to', () => {
    const anna = { 'source.user': { exact: 'anna' } };
    const bob = { 'source.user': { exact: 'bob' } };
    const books = { 'request.path': { prefix: '/api' } };
    assert.equal(applies(when(bob), when(anna)), true);
    assert.equal(applies(when({ ...bob, ...books })), false);
    assert.equal(applies(when({ ...anna, ...books })), true);
    assert.equal(applies(when({})), true);
  });

  const rows: [string, StringMatch, boolean][] = [
    ['request.path', { exact: '/api/v1/books' }, true],
    ['request.path', { exact: '/api/v1' }, false],
    ['request.path', { prefix: '/api/v1' }, true],
    ['request.path', { prefix: 'api' }, false],
    ['request.path', { regex: '/api/v[0-9]+/.*' }, true],
    ['request.path', { regex: 'v1' }, false],
    ['request.path', {}, true],
    ['not.there', {}, true],
    ['not.there', { prefix: '' }, false],
    ['request.size', { exact: '5' }, false],
  ];
  for (const [name, match, wanted] of rows) {
    it(`${wanted ? 'match' : 'do not match'} ${name} by ${JSON.stringify(match)}`, () => {
      assert.equal(applies(when({ [name]: match })), wanted);
    });
  }
});
