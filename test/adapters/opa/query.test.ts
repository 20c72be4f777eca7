import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pathEntry, wrapperEntry, wrapperModule } from '../../../src/adapters/opa/query.js';

describe('pathEntry()', () => {
  for (const [query, entry] of [
    ['data.mixerauthz.allow', 'mixerauthz/allow'],
    ['  data.a.b_1.C\n', 'a/b_1/C'],
    ['data', undefined],
    ['data.a[_]', undefined],
    ['data.a == true', undefined],
    ['input.a', undefined],
    ['data.a.', undefined],
    ['data.a/b', undefined],
  ] as const) {
    it(`gives ${String(entry)} for ${JSON.stringify(query)}`, () => assert.equal(pathEntry(query), entry));
  }
});

describe('wrapperModule()', () => {
  it('is in a package that the entry point names', () => {
    const [, name] = /^fairlead\/(q[0-9a-f]{16})\/rows$/.exec(wrapperEntry('data.a[_]')) ?? [];
    assert.match(wrapperModule('data.a[_]', 'value'), new RegExp(`^package fairlead\\.${name}\n`));
  });

  it('is the same for a query with spaces around it, and another for another query', () => {
    assert.equal(wrapperEntry(' data.a[_] '), wrapperEntry('data.a[_]'));
    assert.notEqual(wrapperEntry('data.a[_]'), wrapperEntry('data.b[_]'));
  });

  it('keeps its brackets out of reach of a comment', () => {
    assert.match(wrapperModule('data.a # so', 'statement'), /\ndata\.a # so\n\]\n$/);
  });
});
