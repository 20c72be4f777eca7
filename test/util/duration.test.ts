import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Duration } from '../../src/util/duration.js';

describe('Duration.parse()', () => {
  const good: [string, bigint][] = [
    ['0', 0n],
    ['+0', 0n],
    ['-0', 0n],
    ['0s', 0n],
    ['5s', 5_000_000_000n],
    ['1h30m', 5_400_000_000_000n],
    ['-1.5h', -5_400_000_000_000n],
    ['.5s', 500_000_000n],
    ['1.s', 1_000_000_000n],
    ['20ms', 20_000_000n],
    ['3us', 3_000n],
    ['3\u00b5s', 3_000n],
    ['3\u03bcs', 3_000n],
    ['1h2m3s4ms5us6ns', 3_723_004_005_006n],
    ['0.1ns', 0n],
    ['9223372036854775807ns', 2n ** 63n - 1n],
    ['-9223372036854775808ns', -(2n ** 63n)],
  ];
  for (const [text, nanos] of good) {
    it(`reads '${text}' as ${nanos} ns`, () => assert.equal(Duration.parse(text)?.toNanos(), nanos));
  }

  for (const text of [
    '',
    '-',
    '5',
    '1',
    's',
    '.s',
    '5 s',
    ' 5s',
    '5s ',
    '1d',
    '5S',
    '--5s',
    '1.2.3s',
    '9223372036854775808ns',
    '0x5s',
  ]) {
    it(`refuses '${text}'`, () => assert.equal(Duration.parse(text), undefined));
  }
});

describe('Duration', () => {
  const forms: [bigint, string][] = [
    [0n, '0s'],
    [1n, '1ns'],
    [1_100n, '1.1\u00b5s'],
    [2_200_000n, '2.2ms'],
    [3_300_000_000n, '3.3s'],
    [245_000_000_000n, '4m5s'],
    [3_600_000_000_000n, '1h0m0s'],
    [-1_500_000_000n, '-1.5s'],
    [18_367_001_000_000n, '5h6m7.001s'],
  ];
  for (const [nanos, text] of forms) {
    it(`prints ${nanos} ns as Go does: ${text}`, () => assert.equal(Duration.fromNanos(nanos).toString(), text));
  }

  it('survives printing and parsing for every 64-bit value', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (nanos) => {
        assert.equal(Duration.parse(Duration.fromNanos(nanos).toString())?.toNanos(), nanos);
      }),
    );
  });

  it('saturates wire durations that are longer than 64-bit nanoseconds', () => {
    assert.equal(new Duration(315_576_000_000, 0).toNanos(), 2n ** 63n - 1n);
    assert.equal(new Duration(-315_576_000_000, 0).toNanos(), -(2n ** 63n));
  });

  it('carries one sign in seconds and nanos', () => {
    const half = Duration.fromMillis(-1500);
    assert.deepEqual([half.seconds, half.nanos], [-1, -500_000_000]);
    assert.equal(half.toSeconds(), -1.5);
    assert.equal(half.toMillis(), -1500);
    assert.ok(half.equals(Duration.fromSeconds(-1.5)));
  });
});
