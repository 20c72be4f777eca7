import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EvalError } from '../../../src/attributes/index.js';
import { canonicalDnsName, equalDnsNames, parseDnsName } from '../../../src/expr/externs/dns-name.js';

const outcome = (value: string | boolean | EvalError): string | boolean =>
  value instanceof EvalError ? value.kind : value;

describe('parseDnsName()', () => {
  for (const name of ['foo', 'foo.', 'fOO', 'f00.', 'a-b.c-d', 'a'.repeat(63), 'Ünï.com'])
    it(`accepts ${name} as it is`, () => assert.equal(outcome(parseDnsName(name)), name));
  it('decodes Punycode labels and leaves the others alone', () =>
    assert.equal(outcome(parseDnsName('xn--mnchen-3ya.DE.')), 'münchen.DE.'));
  const bad = [
    '',
    '.',
    'b..a',
    'b..a.',
    '-a',
    'b.-a.c',
    'f-',
    'f-.',
    'f-.boo',
    'f--.boo',
    'a_b',
    'a b',
    'ab--c',
    'xn--a-',
    'אב.1a',
  ];
  for (const name of [...bad, 'a'.repeat(64), 'a.'.repeat(130), 'a'.repeat(5_000)])
    it(`refuses '${name.slice(0, 20)}'`, () => assert.equal(outcome(parseDnsName(name)), 'INVALID_DNS_NAME'));
});

describe('equalDnsNames()', () => {
  const cases: readonly (readonly [string, string, boolean | string])[] = [
    ['FOO', 'foo', true],
    ['foo.', 'foo', true],
    ['boo', 'boo.', true],
    ['boo.', 'boo.', true],
    ['foo.bar-a.', 'foo.bar', false],
    ['foo', 'bar', false],
    ['xn--mnchen-3ya.de', 'MÜNCHEN.de', true],
    ['a-', 'a', 'INVALID_DNS_NAME'],
    ['b', 'b-', 'INVALID_DNS_NAME'],
    ['', '', true],
  ];
  for (const [a, b, expected] of cases)
    it(`says ${expected} to '${a}' and '${b}'`, () => assert.equal(outcome(equalDnsNames(a, b)), expected));
});

describe('canonicalDnsName()', () => {
  it('refuses names beyond any limit without looking into them', () =>
    assert.equal(outcome(canonicalDnsName(`xn--${'a'.repeat(100_000)}`)), 'INVALID_DNS_NAME'));
});
