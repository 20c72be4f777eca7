import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ServiceIndex } from '../../../src/adapters/rbac/service-index.js';
import { compileTexts } from '../../../src/adapters/rbac/text-match.js';

describe('ServiceIndex', () => {
  const patterns = ['*', 'a', 'ab', 'a*', 'ab*', '*b', '*ab', '*x*', '', 'b*a', '__proto__', '**'];
  const index = new ServiceIndex<string[]>(() => []);
  for (const pattern of patterns) for (const bucket of index.bucketsOf(pattern)) bucket.push(pattern);

  const found = (service: string): readonly string[] => {
    const seen = new Set<string>();
    const look = (bucket: readonly string[]): undefined => {
      for (const pattern of bucket) seen.add(pattern);
    };
    index.find(service, look, [0, 0]);
    return [...seen].sort();
  };

  for (const service of ['', 'a', 'b', 'ab', 'abc', 'cab', '*x', 'x*', 'x', 'b*a', '__proto__', 'constructor', '*']) {
    it(`finds for "${service}" exactly the patterns that match it`, () => {
      assert.deepEqual(found(service), patterns.filter((pattern) => compileTexts([pattern])(service)).sort());
    });
  }

  it('gives the same bucket for the same pattern', () => {
    for (const pattern of patterns) assert.deepEqual(index.bucketsOf(pattern)[0], index.bucketsOf(pattern)[0]);
    assert.equal(index.bucketsOf('a')[0], index.bucketsOf('a')[0]);
  });

  it('stops at the first that gives something, and hands on what is given', () => {
    const calls: unknown[] = [];
    const item = index.find('ab', ([one], a, b) => (calls.push([one, a, b]), one), [1, 'b']);
    assert.equal(item, 'ab');
    assert.deepEqual(calls, [['ab', 1, 'b']]);
    assert.equal(
      index.find('ab', ([one]) => (one === '*' ? one : undefined), [0, 0]),
      '*',
    );
    const none = index.find('ab', (): string | undefined => undefined, [0, 0]);
    assert.equal(none, undefined);
  });
});
