import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Duration, formatDouble, formatTimestamp, stringEquals, stringify, Timestamp, type Value } from 'fairlead/sdk';

const seconds = (value: number): Duration => Duration.fromSeconds(value);

describe('stringify()', () => {
  const rows: readonly (readonly [Value | undefined, string])[] = [
    [undefined, ''],
    ['', ''],
    ['a b', 'a b'],
    [0n, '0'],
    [-42n, '-42'],
    [9_223_372_036_854_775_807n, '9223372036854775807'],
    [9_007_199_254_740_993n, '9007199254740993'],
    [1.5, '1.5'],
    [100, '100'],
    [1e21, '1000000000000000000000'],
    [1.25e25, '12500000000000000000000000'],
    [1e-7, '0.0000001'],
    [-1.5e-9, '-0.0000000015'],
    [true, 'true'],
    [false, 'false'],
    [Uint8Array.of(1, 2, 3, 4), '1.2.3.4'],
    [new Timestamp(1_359_849_600, 0), '2013-02-03T00:00:00.000000Z'],
    [seconds(3), '3s'],
    [seconds(1.5), '1.5s'],
    [seconds(60), '1m0s'],
    [new Map(), ''],
    [
      new Map([
        ['b', '2'],
        ['a', '1'],
      ]),
      'a=1&b=2',
    ],
  ];
  for (const [value, text] of rows) {
    test(`writes a ${typeof value} as "${text}"`, () => assert.equal(stringify(value), text));
  }
});

describe('formatDouble()', () => {
  const rows: readonly (readonly [number, string])[] = [
    [NaN, 'NaN'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [-0, '-0'],
    [5e-324, `0.${'0'.repeat(323)}5`],
    [Number.MAX_VALUE, `17976931348623157${'0'.repeat(292)}`],
  ];
  for (const [value, text] of rows) test(`writes ${value}`, () => assert.equal(formatDouble(value), text));
});

describe('formatTimestamp()', () => {
  test('cuts nanoseconds off and keeps six digits', () => {
    assert.equal(formatTimestamp(new Timestamp(0, 999)), '1970-01-01T00:00:00.000000Z');
    assert.equal(formatTimestamp(new Timestamp(0, 1_234_567)), '1970-01-01T00:00:00.001234Z');
  });

  test('does not mix up seconds that alternate', () => {
    const texts = [1, 2, 1].map((second) => formatTimestamp(new Timestamp(second, 0)));
    assert.deepEqual(texts, [
      '1970-01-01T00:00:01.000000Z',
      '1970-01-01T00:00:02.000000Z',
      '1970-01-01T00:00:01.000000Z',
    ]);
  });
});

describe('stringEquals()', () => {
  const mapped = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 10, 1, 118);
  const pair = new Map([
    ['k', 'v'],
    ['l', 'w=x'],
  ]);
  const rows: readonly (readonly [Value | undefined, string, boolean])[] = [
    [undefined, '', true],
    [undefined, 'a', false],
    ['a', 'a', true],
    ['a', 'A', false],
    [7n, '7', true],
    [7n, '+7', true],
    [7n, '007', true],
    [7n, '7.0', false],
    [7n, '', false],
    [1n, '99999999999999999999', false],
    [1.5, '1.50', true],
    [1.5, '15e-1', true],
    [0, '', false],
    [Infinity, '+Inf', true],
    [Infinity, '1e999', false],
    [NaN, 'NaN', false],
    [true, 'T', true],
    [true, 'yes', false],
    [false, '0', true],
    [new Timestamp(0, 500_000_000), '1970-01-01T01:00:00.5+01:00', true],
    [new Timestamp(0, 0), '1970-01-01', false],
    [seconds(90), '1m30s', true],
    [seconds(90), '90', false],
    [mapped, '192.10.1.118', true],
    [Uint8Array.of(192, 10, 1, 118), '::ffff:192.10.1.118', true],
    [mapped, '192.10.1.119', false],
    [mapped, 'somewhere', false],
    [Uint8Array.of(1), '?01', true],
    [pair, 'l=w=x&k=v', true],
    [pair, 'k=v', false],
    [pair, 'k=v&l=w', false],
    [pair, 'k=v&l', false],
    [new Map(), '', true],
    [new Map([['__proto__', 'x']]), '__proto__=x', true],
  ];
  for (const [value, text, equal] of rows) {
    test(`${stringify(value)} ${equal ? 'equals' : 'does not equal'} "${text}"`, () =>
      assert.equal(stringEquals(value, text), equal));
  }
});
