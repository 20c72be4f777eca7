import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EvalError } from '../../../src/attributes/index.js';
import { equalUris, parseUri } from '../../../src/expr/externs/uri.js';

const outcome = (value: string | boolean | EvalError): string | boolean =>
  value instanceof EvalError ? value.kind : value;

describe('parseUri()', () => {
  const good = [
    ...[
      'urn:foo/bar?q=5#frr',
      'http://foo/',
      'ftp://ftp.example/x',
      'fs:foo',
      'fs:/foo',
      'foo',
      '/a/b:c',
      'a/b:c',
      '///a',
      '?q',
      '#f',
      '#\u007f',
    ],
    ...[
      'http://[fe80::1%25en0]',
      'http://[::1]:80/',
      'http://h:/',
      'http://u:p@h/',
      'http://%c3%a9/',
      'http://é/',
      'mailto:a%zz',
      'http://h?%zz',
    ],
  ];
  for (const text of good) it(`accepts ${text} as it is`, () => assert.equal(outcome(parseUri(text)), text));
  const bad = [
    ...[
      '',
      ':/',
      ':a',
      '1a:b',
      'a_b:c',
      'http://[fe80::1%25en0',
      'http://a b/',
      'http://h:x/',
      '//h:x',
      'http://[::1]x/',
      'a\u0001b',
      'a\u007f',
    ],
    ...[
      '%zz',
      '/%z',
      'http://h/%',
      'http://h/#%zz',
      'http://%41/',
      'http://u^@h/',
      'http://u%z@h/',
      'http://[::1%25%zz]/',
    ],
  ];
  for (const text of bad) it(`refuses '${text}'`, () => assert.equal(outcome(parseUri(text)), 'INVALID_URI'));
});

describe('equalUris()', () => {
  const cases: readonly (readonly [string, string, boolean | string])[] = [
    ['urn:bar', 'URN:bar', true],
    ['urn:BAR', 'urn:bar', false],
    ['ftp://H/', 'ftp://h/', false],
    ['http://HOST.COM:', 'http://host.COM', true],
    ['HTTP://host.com:', 'http://host.com', true],
    ['http://a.b./x', 'http://A.b/x', true],
    ['http://a:80', 'http://a:81', false],
    ['http://a:80', 'http://a', false],
    ['http://a', 'https://a', false],
    ['http://a', 'http://a/', false],
    ['http://a/x?q#f', 'http://A/x?q#f', true],
    ['http://a/x?q#f', 'http://a/x?q#g', false],
    ['http://u@a/', 'http://v@a/', false],
    ['http:a', 'http://a', false],
    ['http:', 'HTTP:', true],
    ['http://[::1]/', 'http://[::1]/', true],
    ['http://[::A]/', 'http://[::a]/', true],
    ['http://[::1]/', 'http://[::2]/', false],
    ['http://a-/', 'http://b/', 'INVALID_DNS_NAME'],
    [':a', 'http://b/', 'INVALID_URI'],
    ['http://b/', ':a', 'INVALID_URI'],
    ['a', 'a', true],
  ];
  for (const [a, b, expected] of cases)
    it(`says ${expected} to ${a} and ${b}`, () => assert.equal(outcome(equalUris(a, b)), expected));
});
