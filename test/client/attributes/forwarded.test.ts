import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { decodeForwarded, encodeForwarded, type Value } from '../../../src/client/index.js';
import { Attributes } from '../../../src/gen/istio/mixer/v1/attributes.js';

const six: [string, string][] = [
  ['source.uid', 'kubernetes://a.b'],
  ['source.namespace', 'b'],
  ['destination.service.name', 'c'],
  ['destination.service.uid', 'istio://d'],
  ['destination.service.host', 'e'],
  ['destination.service.namespace', 'f'],
];

describe('x-istio-attributes (1.7)', () => {
  it('is the message in base64', () => {
    const header = encodeForwarded(new Map(six));
    const message = Attributes.decode(Buffer.from(header, 'base64'));
    assert.equal(message.attributes['source.uid']?.stringValue, 'kubernetes://a.b');
    assert.equal(Object.keys(message.attributes).length, 6);
    assert.deepEqual([...decodeForwarded(header)], six);
  });

  it('is believed only in six attributes, and only in strings that are not empty', () => {
    const header = encodeForwarded(
      new Map<string, Value>([
        ['source.uid', ''],
        ['source.principal', 'root'],
        ['source.ip', '1'],
        ['__proto__', 'x'],
        ['source.namespace', 'b'],
      ]),
    );
    assert.deepEqual([...decodeForwarded(header)], [['source.namespace', 'b']]);
    const number = Attributes.create({ attributes: { 'source.uid': { int64Value: 5n } } });
    assert.equal(decodeForwarded(Buffer.from(Attributes.encode(number).finish()).toString('base64')).size, 0);
  });

  for (const header of ['', '!!!', 'AAAA', 'CgU=', 'x'.repeat(10_000)]) {
    it(`says nothing when it is damaged: ${header.slice(0, 10)}`, () => {
      assert.equal(decodeForwarded(header).size, 0);
    });
  }
});
