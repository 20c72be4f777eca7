import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Duration, Timestamp } from '../../../src/client/index.js';
import { Attributes } from '../../../src/gen/istio/mixer/v1/attributes.js';
import { toAttributeSet } from '../../../src/proxy/mixer/attributes.js';

/** As a configuration has them that came over a wire. */
function decoded(attributes: Parameters<typeof Attributes.fromPartial>[0]): Attributes {
  return Attributes.decode(Attributes.encode(Attributes.fromPartial(attributes)).finish());
}

/** An entry of a map with strings: key 1, value 2. */
function entry(key: string, value: Uint8Array): Buffer {
  return field(1, Buffer.concat([field(1, Buffer.from(key)), field(2, value)]));
}

function field(number: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of((number << 3) | 2, bytes.length), bytes]);
}

describe('attributes of a configuration', () => {
  it('keep their type, whatever it is', () => {
    const set = toAttributeSet(
      decoded({
        attributes: {
          text: { stringValue: 'a' },
          empty: { stringValue: '' },
          whole: { int64Value: 9_007_199_254_740_993n },
          least: { int64Value: -(2n ** 63n) },
          zero: { int64Value: 0n },
          broken: { doubleValue: -0.5 },
          no: { boolValue: false },
          address: { bytesValue: Buffer.of(10, 0, 0, 1) },
          time: { timestampValue: { seconds: 1_600_000_000n, nanos: 5 } },
          span: { durationValue: { seconds: -1n, nanos: -500_000_000 } },
          map: { stringMapValue: { entries: { a: 'b' } } },
          nothing: {},
        },
      }),
    );
    assert.deepEqual(
      [...set],
      [
        ['text', 'a'],
        ['empty', ''],
        ['whole', 9_007_199_254_740_993n],
        ['least', -(2n ** 63n)],
        ['zero', 0n],
        ['broken', -0.5],
        ['no', false],
        ['address', Buffer.of(10, 0, 0, 1)],
        ['time', new Timestamp(1_600_000_000, 5)],
        ['span', Duration.fromNanos(-1_500_000_000n)],
        ['map', new Map([['a', 'b']])],
      ],
    );
    assert.deepEqual(toAttributeSet(undefined), new Map());
  });

  it('survive names that mean something to JavaScript, but for __proto__, which is lost and harms nobody', () => {
    const bytes = Buffer.concat(
      ['constructor', 'toString', '__proto__', 'hasOwnProperty'].map((name) => entry(name, field(2, Buffer.from('x')))),
    );
    const set = toAttributeSet(Attributes.decode(bytes));
    assert.deepEqual([...set.keys()], ['constructor', 'toString', 'hasOwnProperty']);
    assert.equal(Object.getPrototypeOf({}), Object.prototype);
    assert.equal(({} as Record<string, unknown>)['stringValue'], undefined);
  });

  it('survive such keys of a string map too', () => {
    const map = Buffer.concat(['__proto__', 'constructor', 'a'].map((name) => entry(name, Buffer.from('x'))));
    const set = toAttributeSet(Attributes.decode(entry('map', field(9, map))));
    assert.deepEqual(
      set.get('map'),
      new Map([
        ['constructor', 'x'],
        ['a', 'x'],
      ]),
    );
    assert.equal(({} as Record<string, unknown>)['a'], undefined);
  });

  it('of a configuration made in this process may even be called __proto__', () => {
    const attributes = Object.create(null) as Attributes['attributes'];
    attributes['__proto__'] = { stringValue: 'x' };
    assert.deepEqual(toAttributeSet({ attributes }), new Map([['__proto__', 'x']]));
  });
});
