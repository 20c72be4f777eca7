import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Duration, Timestamp, type Value } from 'fairlead/sdk';
import { logentry } from 'fairlead/templates';
import { sampleInstance } from 'fairlead/testing';
import { createEncoder, type Entry, type EntryOptions } from '../../../src/adapters/fluentd/entry.js';
import { MsgpackWriter } from '../../../src/adapters/fluentd/msgpack.js';

const time = new Timestamp(1_548_496_421, 250_000_000);

function encode(
  variables: Record<string, Value | undefined>,
  options: Partial<EntryOptions> = {},
  timestamp = time,
): Entry {
  const encoder = createEncoder({ integerDuration: false, subSecondPrecision: false, now: () => 5000, ...options });
  const own = Object.assign(Object.create(null), variables) as Record<string, Value>;
  return encoder(sampleInstance(logentry, { name: 'al.instance.ns', variables: own, timestamp, severity: 'info' }));
}

function bytes(write: (writer: MsgpackWriter) => void): string {
  const writer = new MsgpackWriter();
  write(writer);
  return writer.take().toString('hex');
}

const texts = (...all: readonly string[]) => bytes((writer) => all.forEach((text) => writer.string(text)));
/** The record without its head. */
const record = (entry: Entry): string => entry.event.toString('hex').slice('92d25c4c2a2581'.length);

describe('createEncoder()', () => {
  it('writes the time in whole seconds, and the record with the severity', () => {
    const { tag, event } = encode({ a: 'b' });
    assert.equal(tag, 'al.instance.ns');
    assert.equal(event.toString('hex'), `92d2${(1_548_496_421).toString(16)}82${texts('a', 'b', 'severity', 'info')}`);
  });

  it('writes the time with nanoseconds when told so, if it fits', () => {
    const precise = { subSecondPrecision: true };
    assert.match(encode({}, precise).event.toString('hex'), /^92d700[0-9a-f]{8}0ee6b28081/);
    assert.match(encode({}, precise, new Timestamp(-1, 0)).event.toString('hex'), /^92ff81/);
  });

  it('writes times of year 0, and doubles that are no numbers', () => {
    const year0 = bytes((writer) => writer.integer(-62_167_219_200));
    for (const subSecondPrecision of [false, true]) {
      const { event } = encode({}, { subSecondPrecision }, new Timestamp(-62_167_219_200, 0));
      assert.ok(event.toString('hex').startsWith(`92${year0}`));
    }
    for (const [value, hex] of [
      [NaN, 'cb7ff8000000000000'],
      [-Infinity, 'cbfff0000000000000'],
    ] as const) {
      assert.ok(encode({ v: value }).event.toString('hex').includes(`a176${hex}`));
    }
  });

  it('takes the time of arrival when an entry has none', () => {
    const encoder = createEncoder({ integerDuration: false, subSecondPrecision: false, now: () => 5000 });
    const entry = encoder(sampleInstance(logentry, { timestamp: undefined, variables: {} }));
    assert.match(entry.event.toString('hex'), /^920581/);
  });

  it('writes a value of each type', () => {
    const cases: [Value, string][] = [
      [9_007_199_254_740_993n, bytes((writer) => writer.integer(9_007_199_254_740_993n))],
      [1.5, bytes((writer) => writer.double(1.5))],
      [true, bytes((writer) => writer.boolean(true))],
      [Uint8Array.of(10, 0, 0, 7), texts('10.0.0.7')],
      [Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, 7), texts('10.0.0.7')],
      [time, texts('2019-01-26T09:53:41.250000Z')],
      [Duration.fromMillis(1500), texts('1.5s')],
      [new Map([['__proto__', 'x']]), `81${texts('__proto__', 'x')}`],
      [
        new Map([
          ['_isUint64BE', 'x'],
          ['constructor', 'y'],
        ]),
        `82${texts('_isUint64BE', 'x', 'constructor', 'y')}`,
      ],
    ];
    for (const [value, hex] of cases)
      assert.equal(record(encode({ v: value })), texts('v') + hex + texts('severity', 'info'));
  });

  it('writes durations as whole milliseconds when told so', () => {
    const options = { integerDuration: true };
    const nanos = Duration.fromNanos(1_999_999n);
    assert.equal(record(encode({ v: nanos }, options)), `${texts('v')}01${texts('severity', 'info')}`);
  });

  it('leaves nothing of an entry with a value that has no text in the next one', () => {
    const encoder = createEncoder({ integerDuration: false, subSecondPrecision: false, now: () => 5000 });
    const entry = (v: Value) => sampleInstance(logentry, { variables: { v }, timestamp: time, severity: 'info' });
    assert.throws(() => encoder(entry(new Timestamp(1e15, 0))));
    assert.equal(record(encoder(entry('a'))), texts('v', 'a', 'severity', 'info'));
  });

  it('leaves out what is absent', () => {
    assert.equal(record(encode({ a: undefined })), texts('severity', 'info'));
  });

  it('takes the tag from a variable, and then says the name of the instance', () => {
    const entry = encode({ tag: 'app.log', a: 'b', name: 'mine', severity: 'mine' });
    assert.equal(entry.tag, 'app.log');
    assert.equal(record(entry), texts('a', 'b', 'severity', 'info', 'name', 'al.instance.ns'));
  });

  it('takes the name of the instance for an empty tag', () => {
    const entry = encode({ tag: '' });
    assert.equal(entry.tag, 'al.instance.ns');
    assert.equal(record(entry), texts('severity', 'info'));
  });
});
