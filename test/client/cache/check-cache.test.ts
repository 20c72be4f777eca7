import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';

import { CheckCache } from '../../../src/client/cache/check-cache.js';
import { Duration, type Reference, Timestamp, type Value } from '../../../src/client/index.js';
import { allow } from '../support/scripted-mixer.js';

const exact = (name: string, key?: string): Reference => ({ name, key, condition: 'EXACT' });
const absent = (name: string, key?: string): Reference => ({ name, key, condition: 'ABSENCE' });
const set = (...entries: [string, Value][]): Map<string, Value> => new Map(entries);
const headers = (...entries: [string, string][]): Map<string, Value> => set(['request.headers', new Map(entries)]);

/** A cache that was told of one decision. */
function cacheOf(attributes: Map<string, Value>, ...dependencies: Reference[]): CheckCache {
  const cache = new CheckCache(10);
  cache.put(attributes, allow({ dependencies }).precondition!, 0);
  return cache;
}

const rows: {
  readonly says: string;
  readonly told: Map<string, Value>;
  readonly references: readonly Reference[];
  readonly hits: readonly Map<string, Value>[];
  readonly misses: readonly Map<string, Value>[];
}[] = [
  {
    says: 'an attribute that counted has to be the same',
    told: set(['a', 'x']),
    references: [exact('a')],
    hits: [set(['a', 'x'], ['b', 'y'])],
    misses: [set(), set(['a', 'y']), set(['a', 1n])],
  },
  {
    says: 'an attribute that was absent has to be absent',
    told: set(['a', 'x']),
    references: [exact('a'), absent('b')],
    hits: [set(['a', 'x'], ['c', ''])],
    misses: [set(['a', 'x'], ['b', ''])],
  },
  {
    says: 'a key that counted has to be the same, others are free',
    told: headers(['user', 'x']),
    references: [exact('request.headers', 'user')],
    hits: [headers(['user', 'x'], ['cookie', 'y'])],
    misses: [headers(['user', 'y']), headers(['cookie', 'x']), set(), set(['request.headers', 'user'])],
  },
  {
    says: 'a key that was absent has to be absent in a map that is there',
    told: headers(['user', 'x']),
    references: [absent('request.headers', 'cookie')],
    hits: [headers(['user', 'z']), headers()],
    misses: [headers(['cookie', '']), set()],
  },
  {
    says: 'a map that was read for its keys does not count as a whole',
    told: headers(['user', 'x']),
    references: [exact('request.headers'), exact('request.headers', 'user')],
    hits: [headers(['user', 'x'], ['more', '1'])],
    misses: [headers(['user', 'y'])],
  },
  {
    says: 'a key is looked for only where the request has a map',
    told: set(['request.headers', 'no map']),
    references: [exact('request.headers', 'user')],
    hits: [set(['request.headers', 'no map'])],
    misses: [set(['request.headers', 'other'])],
  },
  {
    says: 'keys may be called like what objects have',
    told: headers(['__proto__', 'x']),
    references: [exact('request.headers', '__proto__'), absent('request.headers', 'constructor')],
    hits: [headers(['__proto__', 'x'])],
    misses: [headers(), headers(['__proto__', 'x'], ['constructor', ''])],
  },
  {
    says: 'where one value ends and the next begins counts',
    told: set(['a', 'x'], ['b', 'yz']),
    references: [exact('a'), exact('b')],
    hits: [set(['b', 'yz'], ['a', 'x'])],
    misses: [set(['a', 'xy'], ['b', 'z']), set(['a', ''], ['b', 'xyz'])],
  },
  {
    says: 'values that are long count in every character',
    told: set(['a', 'x'.repeat(5000)]),
    references: [exact('a')],
    hits: [set(['a', 'x'.repeat(5000)])],
    misses: [set(['a', `${'x'.repeat(4999)}y`])],
  },
  ...(
    [
      [2n ** 60n, 2n ** 60n + 1n],
      [1.5, 1.25],
      [0, -0],
      [1, 1n],
      [true, false],
      [new Timestamp(5, 6), new Timestamp(5, 7)],
      [new Timestamp(5, 6), new Duration(5, 6)],
      [new Duration(5, 6), new Duration(56, 0)],
      [Uint8Array.of(1, 2), Uint8Array.of(1, 3)],
      ['1', 1n],
      ['true', true],
    ] as const
  ).map(([value, other]: readonly [Value, Value]) => ({
    says: `${inspect(value)} is not ${inspect(other)}`,
    told: set(['a', value]),
    references: [exact('a')],
    hits: [set(['a', value])],
    misses: [set(['a', other])],
  })),
];

describe('the cache of checks (1.10)', () => {
  for (const { says, told, references, hits, misses } of rows) {
    it(says, () => {
      for (const hit of hits) assert.ok(cacheOf(told, ...references).find(hit, 0));
      for (const miss of misses) assert.equal(cacheOf(told, ...references).find(miss, 0), undefined);
    });
  }

  it('keeps decisions of several shapes', () => {
    const cache = new CheckCache(10);
    const put = (attributes: Map<string, Value>, code: number, ...dependencies: Reference[]): void =>
      cache.put(attributes, allow({ dependencies, status: { code, message: '' } }).precondition!, 0);
    put(set(['a', 'x']), 1, exact('a'));
    put(set(['b', 'x']), 2, absent('a'), exact('b'));
    put(set(['b', 'y']), 3, absent('a'), exact('b'));
    assert.equal(cache.find(set(['a', 'x'], ['b', 'x']), 0)?.status.code, 1);
    assert.equal(cache.find(set(['b', 'x']), 0)?.status.code, 2);
    assert.equal(cache.find(set(['b', 'y']), 0)?.status.code, 3);
  });

  it('keeps ten decisions when ten is the limit: those that were used last', () => {
    const cache = new CheckCache(10);
    for (let at = 0; at < 10; at++)
      cache.put(set(['a', `${at}`]), allow({ dependencies: [exact('a')] }).precondition!, 0);
    assert.ok(cache.find(set(['a', '0']), 0));
    cache.put(set(['a', 'new']), allow({ dependencies: [exact('a')] }).precondition!, 0);
    assert.ok(cache.find(set(['a', '0']), 0));
    assert.equal(cache.find(set(['a', '1']), 0), undefined);
  });

  it('forgets a decision whose time has passed, and takes a new one', () => {
    const cache = new CheckCache(10);
    cache.put(set(), allow({ validMillis: 100 }).precondition!, 0);
    assert.ok(cache.find(set(), 100));
    assert.equal(cache.find(set(), 101), undefined);
    cache.put(set(), allow({ validMillis: 100 }).precondition!, 200);
    assert.ok(cache.find(set(), 250));
  });

  it('does not grow with shapes that come and go', () => {
    const cache = new CheckCache(100_000);
    for (let at = 0; at < 2000; at++)
      cache.put(set([`a${at}`, 'x']), allow({ dependencies: [exact(`a${at}`)] }).precondition!, 0);
    assert.ok(cache.find(set(['a1999', 'x']), 0));
    assert.equal(cache.find(set(['a0', 'x']), 0), undefined);
  });
});
