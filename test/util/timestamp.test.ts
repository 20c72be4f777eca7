import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Timestamp } from '../../src/util/timestamp.js';

describe('Timestamp.parse()', () => {
  const good: [string, number, number][] = [
    ['1970-01-01T00:00:00Z', 0, 0],
    ['2015-01-02T15:04:35Z', 1420211075, 0],
    ['2015-01-02T15:04:35.123456789Z', 1420211075, 123456789],
    ['2015-01-02T17:04:35+02:00', 1420211075, 0],
    ['2015-01-02T13:34:35-01:30', 1420211075, 0],
    ['1969-12-31T23:59:59.5Z', -1, 500_000_000],
    ['0001-01-01T00:00:00Z', -62135596800, 0],
    ['2016-02-29T00:00:00Z', 1456704000, 0],
  ];
  for (const [text, seconds, nanos] of good) {
    it(`reads ${text}`, () => {
      const at = Timestamp.parse(text);
      assert.deepEqual([at?.seconds, at?.nanos], [seconds, nanos]);
    });
  }

  for (const text of [
    '',
    '242233',
    '2015-01-02',
    '2015-01-02 15:04:35Z',
    '2015-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2015-13-01T00:00:00Z',
    '2015-01-02T24:00:00Z',
    '2015-01-02T15:04:35',
    '2015-01-02T15:04:35.Z',
    '2015-01-02T15:04:35+24:00',
    ' 2015-01-02T15:04:35Z',
  ]) {
    it(`refuses '${text}'`, () => assert.equal(Timestamp.parse(text), undefined));
  }
});

describe('Timestamp', () => {
  it('prints as many fraction digits as needed, or as many as asked for', () => {
    const at = new Timestamp(1503309840, 5_000_000);
    assert.equal(at.toString(), '2017-08-21T10:04:00.005Z');
    assert.equal(at.toString(6), '2017-08-21T10:04:00.005000Z');
    assert.equal(new Timestamp(1503309840, 0).toString(), '2017-08-21T10:04:00Z');
  });

  it('orders by instant', () => {
    const [a, b] = [new Timestamp(1, 999), new Timestamp(2, 0)];
    assert.ok(a.compare(b) < 0);
    assert.ok(b.compare(a) > 0);
    assert.equal(a.compare(new Timestamp(1, 999)), 0);
  });

  it('survives printing and parsing', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -62135596800, max: 253402300799 }),
        fc.integer({ min: 0, max: 999_999_999 }),
        (seconds, nanos) => {
          assert.deepEqual(Timestamp.parse(new Timestamp(seconds, nanos).toString()), new Timestamp(seconds, nanos));
        },
      ),
    );
  });

  it('counts nanos forward before 1970', () => {
    assert.deepEqual(Timestamp.fromMillis(-500), new Timestamp(-1, 500_000_000));
    assert.equal(Timestamp.fromMillis(-500).toMillis(), -500);
  });
});
