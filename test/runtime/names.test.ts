import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { candidateKeys, handlerName, quotaName, resolveReference, resourceKey } from '../../src/runtime/names.js';

const from = { kind: 'handler', namespace: 'ns' };

describe('resourceKey', () => {
  it('is name.kind.namespace', () => {
    assert.equal(resourceKey({ kind: 'metric', name: 'count', namespace: 'ns' }), 'count.metric.ns');
  });
});

describe('handlerName', () => {
  it('has two parts for a handler, three for a legacy kind', () => {
    assert.equal(handlerName({ kind: 'handler', name: 'h', namespace: 'ns' }), 'h.ns');
    assert.equal(handlerName({ kind: 'denier', name: 'h', namespace: 'ns' }), 'h.denier.ns');
  });
});

describe('quotaName', () => {
  it('is what stands before the first dot, in lower case', () => {
    assert.equal(quotaName('RequestCount.quota.ns'), 'requestcount');
    assert.equal(quotaName('plain'), 'plain');
  });
});

describe('candidateKeys', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['h', ['h.handler.ns']],
    ['h.denier', ['h.denier.ns', 'h.handler.denier']],
    ['h.denier.other', ['h.denier.other']],
    ['a.b.c.d', ['a.b.c.d']],
    ['', ['.handler.ns']],
  ];
  for (const [reference, keys] of cases) {
    it(`reads '${reference}' as ${keys.join(' or ')}`, () => {
      assert.deepEqual(candidateKeys(reference, from), keys);
    });
  }
});

describe('resolveReference', () => {
  it('prefers the legacy kind in the own namespace', () => {
    const index = new Map([
      ['h.other.ns', 'legacy'],
      ['h.handler.other', 'elsewhere'],
    ]);
    assert.equal(resolveReference(index, 'h.other', from), 'legacy');
    index.delete('h.other.ns');
    assert.equal(resolveReference(index, 'h.other', from), 'elsewhere');
    index.delete('h.handler.other');
    assert.equal(resolveReference(index, 'h.other', from), undefined);
  });
});
