import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { Duration, Timestamp, type Value } from '../../../src/attributes/index.js';
import { readAttributeFlags, senseValue, splitPairs } from '../../../src/cli/client/attribute-flags.js';

describe('senseValue()', () => {
  const cases: [text: string, value: Value][] = [
    ['42', 42n],
    ['+42', 42n],
    ['-9223372036854775808', -(2n ** 63n)],
    ['9223372036854775808', 2 ** 63],
    ['1.5', 1.5],
    ['.5', 0.5],
    ['1e3', 1000],
    ['inf', Infinity],
    ['-Infinity', -Infinity],
    ['true', true],
    ['F', false],
    ['2015-01-02T15:04:05Z', new Timestamp(1_420_211_045, 0)],
    ['1m30s', new Duration(90, 0)],
    ['0a:0b:c:FF', Uint8Array.of(10, 11, 12, 255)],
    ['clnt:abc', new Map([['clnt', 'abc']])],
    [
      'a:b:c;d:',
      new Map([
        ['a', 'b:c'],
        ['d', ''],
      ]),
    ],
    ['ratings', 'ratings'],
    ['', ''],
    ['ed', 'ed'],
    ['abc:def', new Map([['abc', 'def']])],
  ];
  for (const [text, value] of cases) it(`reads '${text}'`, () => assert.deepEqual(senseValue(text), value));
  it('reads NaN', () => assert.ok(Number.isNaN(senseValue('NaN'))));
});

describe('readAttributeFlags()', () => {
  it('reads each flag as its type', () => {
    const attributes = readAttributeFlags({
      auto: ['a=1,b=x'],
      string: ['s=1,t=a=b'],
      int64: ['i=-7'],
      double: ['d=1'],
      bool: ['o=1'],
      timestamp: ['w=1970-01-01T00:00:01Z'],
      duration: ['u=1ms'],
      bytes: ['y=7f'],
      stringmap: ['m=k:v'],
    });
    assert.deepEqual(
      [...attributes],
      [
        ['a', 1n],
        ['b', 'x'],
        ['i', -7n],
        ['d', 1],
        ['o', true],
        ['w', new Timestamp(1, 0)],
        ['u', new Duration(0, 1_000_000)],
        ['y', Uint8Array.of(127)],
        ['m', new Map([['k', 'v']])],
        ['s', '1'],
        ['t', 'a=b'],
      ],
    );
  });

  it('lets the last of two values stand', () => {
    assert.deepEqual([...readAttributeFlags({ string: ['a=1,a=2', 'a=3'] })], [['a', '3']]);
  });

  for (const flags of [
    { int64: ['a=1.5'] },
    { bool: ['a=yes'] },
    { timestamp: ['a=today'] },
    { stringmap: ['a=b'] },
    { string: ['a'] },
    { string: ['=x'] },
  ]) {
    it(`refuses ${JSON.stringify(flags)} as USAGE`, () => {
      assert.throws(() => readAttributeFlags(flags), { code: 'USAGE' });
    });
  }
});

describe('splitPairs()', () => {
  it('splits at commas and at the first equals sign', () => {
    assert.deepEqual(splitPairs('a=1,b=c=d,e=', 'attributes'), [
      ['a', '1'],
      ['b', 'c=d'],
      ['e', ''],
    ]);
  });
  it('gives nothing for nothing', () => assert.deepEqual(splitPairs('', 'attributes'), []));
});
