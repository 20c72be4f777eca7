import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EvalError } from '../../../src/attributes/index.js';
import { equalEmails, parseEmail } from '../../../src/expr/externs/email.js';

const outcome = (value: string | boolean | EvalError): string | boolean =>
  value instanceof EvalError ? value.kind : value;

describe('parseEmail()', () => {
  const good = ['foo@bar', 'foo+a@bar.com', '"john..doe"@bar.com', 'ü@münchen.de', '<a@b>', '"a b"@c'];
  const commented = ['a (b (c) \\) ") @ c', '(a) <b@c> (d)', 'a\r\n @b', '"(a"@b'];
  for (const text of [...good, ...commented])
    it(`accepts ${text} as it is`, () => assert.equal(outcome(parseEmail(text)), text));
  const bad = [
    '',
    'foo',
    'foo.',
    'foo@',
    '@foo',
    'foo+a@bar-.com',
    'aaaa <johndoe@bar.com>',
    'a@b, c@d',
    'g: a@b;',
    'a@[1.2.3.4]',
    '.a@b',
    'a..b@c',
    'a (b) c@d',
    'a . b@c',
    'a (b@c',
    '"a@b',
    'a."b"@c',
    '"a""b"@c',
    'a\r\n@b',
  ];
  for (const text of [...bad, `${'a'.repeat(400)}@b`, '('.repeat(10_000)])
    it(`refuses '${text.slice(0, 30)}'`, () => assert.equal(outcome(parseEmail(text)), 'INVALID_EMAIL'));
});

describe('equalEmails()', () => {
  const cases: readonly (readonly [string, string, boolean | string])[] = [
    ['(x) foo @ bar', 'foo@bar', true],
    ['foo@Bar.com', 'foo@bar.com', true],
    ['"foo"@bar.com', 'foo@bar.com', true],
    ['Foo@bar.com', 'foo@bar.com', false],
    ['foo@bar.com', 'foo@baz.com', false],
    ['foo..baz@bar.com', 'foo@bar.com', 'INVALID_EMAIL'],
    ['foo@bar.com', 'foo..baz@bar.com', 'INVALID_EMAIL'],
    ['foo', 'foo@bar', 'INVALID_EMAIL'],
    ['foo@bar', 'foo', 'INVALID_EMAIL'],
    ['foo@bar-', 'foo@bar', 'INVALID_EMAIL'],
    ['foo@bar', 'foo@bar-', 'INVALID_EMAIL'],
  ];
  for (const [a, b, expected] of cases)
    it(`says ${expected} to ${a} and ${b}`, () => assert.equal(outcome(equalEmails(a, b)), expected));
  it('names the address that is wrong', () => {
    const error = equalEmails('foo@bar', 'foo@bar-');
    assert.ok(error instanceof EvalError);
    assert.equal(error.subject, 'foo@bar-');
  });
});
