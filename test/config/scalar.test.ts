import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { resolvePlain, resolveTagged, toKey } from '../../src/config/scalar.js';
import type { ScalarValue } from '../../src/config/node.js';

const plain: readonly (readonly [string, ScalarValue])[] = [
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((text) => [text, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((text) => [text, false] as const),
  ...['', '~', 'null', 'Null', 'NULL'].map((text) => [text, null] as const),
  ...['yEs', 'tRue', 'oN', 'nULL', 'nan', 'Infinity', '~a', 'Y1'].map((text) => [text, text] as const),
  ['0', 0n],
  ['-0', 0n],
  ['012', 10n],
  ['-012', -10n],
  ['0o17', 15n],
  ['0x1F', 31n],
  ['-0x1f', -31n],
  ['0b101', 5n],
  ['-0b11', -3n],
  ['+5', 5n],
  ['1_000', 1000n],
  ['08', 8],
  ['09.5', 9.5],
  ['9007199254740993', 9007199254740993n],
  ['-9223372036854775808', -(2n ** 63n)],
  ['18446744073709551615', 2n ** 64n - 1n],
  ['18446744073709551616', 2 ** 64],
  ['1e400', '1e400'],
  ['.5', 0.5],
  ['-.5', -0.5],
  ['5.', 5],
  ['1e3', 1000],
  ['1.10', 1.1],
  ['.inf', Infinity],
  ['-.INF', -Infinity],
  ['.NaN', Number.NaN],
  ...['1:30', '190:20:30', '1:30.5'].map((text) => [text, text] as const),
  ...['2001-12-14', '2001-12-14t21:59:43.10-05:00'].map((text) => [text, text] as const),
  ...['.', '-', '+', '0x', '0b', '12abc', '1.2.3', '--1', '_1', '1,000', '=', '0xg'].map(
    (text) => [text, text] as const,
  ),
  ['9'.repeat(1_000_000), '9'.repeat(1_000_000)],
];

describe('resolvePlain()', () => {
  for (const [text, value] of plain) {
    const shown = text.length > 40 ? `${text.length} digits` : JSON.stringify(text);
    it(`reads ${shown} as ${typeof value === 'string' ? 'text' : String(value)}`, () => {
      assert.deepEqual(resolvePlain(text), value);
    });
  }
});

describe('resolveTagged()', () => {
  const tag = (name: string) => `tag:yaml.org,2002:${name}`;

  it('reads a number by the tag it is given', () => {
    assert.equal(resolveTagged(tag('int'), '5'), 5n);
    assert.equal(resolveTagged(tag('float'), '5'), 5);
    assert.equal(resolveTagged(tag('float'), '5.5'), 5.5);
    assert.equal(resolveTagged(tag('bool'), 'y'), true);
    assert.equal(resolveTagged(tag('null'), ''), null);
    assert.equal(resolveTagged(tag('binary'), 'aGVsbG8='), 'hello');
  });

  it('refuses a text that does not fit', () => {
    for (const name of ['int', 'float', 'bool', 'null']) assert.equal(resolveTagged(tag(name), 'x'), undefined);
    assert.equal(resolveTagged(tag('int'), '1.5'), undefined);
  });

  it('leaves text under tags that are not YAML’s', () => {
    assert.equal(resolveTagged('!mine', '5'), '5');
    assert.equal(resolveTagged(tag('timestamp'), '2001-01-01'), '2001-01-01');
  });
});

describe('toKey()', () => {
  it('writes booleans and numbers as JSON would name them', () => {
    const values: readonly ScalarValue[] = ['a', true, false, 8n, 1.5, Infinity, -Infinity, Number.NaN];
    assert.deepEqual(values.map(toKey), ['a', 'true', 'false', '8', '1.5', '.inf', '-.inf', '.nan']);
  });

  it('has no key for null', () => {
    assert.equal(toKey(null), undefined);
  });
});
