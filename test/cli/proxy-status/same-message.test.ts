import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { differences } from '../../../src/cli/proxy-status/same-message.js';

describe('differences()', () => {
  const same: readonly [what: string, some: unknown, other: unknown][] = [
    ['names in snake and camel case', { connect_timeout: '1s' }, { connectTimeout: { seconds: '1', nanos: 0 } }],
    ['fractions of seconds', { t: '0.250s' }, { t: { seconds: '0', nanos: 250_000_000 } }],
    ['what is not set', { a: '', b: 0, c: [], d: { e: false } }, {}],
    ['numbers as text', { a: '18446744073709551615' }, { a: '18446744073709551615' }],
    ['64-bit numbers', { a: 5 }, { a: '5' }],
    ['names of enumerations', { type: 'EDS', policy: 'ROUND_ROBIN' }, { type: 3 }],
    ['what was not opened', { config: { '@type': 't', name: 'a' } }, { config: { '@type': 't', value: 'AAA=' } }],
    ['maps with other keys than fields', { labels: { 'app-name': 'a' } }, { labels: { 'app-name': 'a' } }],
  ];
  for (const [what, some, other] of same) {
    it(`finds none in ${what}`, () => assert.deepEqual(differences(some, other), []));
  }

  const other: readonly [some: unknown, other: unknown, want: readonly string[]][] = [
    [{ a: { b: 1 } }, { a: { b: 2 } }, ['a.b']],
    [{ a: [{ b: 1 }, { b: 2 }] }, { a: [{ b: 1 }, { b: 3 }] }, ['a[1].b']],
    [{ a: [1] }, { a: [1, 2] }, ['a: 1 entries, 2 wanted']],
    [{ connect_timeout: '1s' }, { connectTimeout: { seconds: '2', nanos: 0 } }, ['connect_timeout']],
    [{ a: 'x' }, {}, ['a']],
    ['x', 'y', ['all of it']],
    [{ labels: { ['__proto__']: 'a' } }, { labels: { ['__proto__']: 'b' } }, ['labels.__proto__']],
  ];
  for (const [some, wanted, want] of other) {
    it(`finds ${want.join()}`, () => assert.deepEqual(differences(some, wanted), want));
  }
});
