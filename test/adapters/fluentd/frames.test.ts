import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FrameReader } from '../../../src/adapters/fluentd/frames.js';

const read = (reader: FrameReader, hex: string): string[] =>
  reader.push(Buffer.from(hex, 'hex')).map((frame) => frame.toString('hex'));

// One of each kind of value.
const values = [
  '05',
  'e0',
  'c0',
  'c2',
  'a161',
  'd90161',
  'da000161',
  'db0000000161',
  'c40161',
  'c5000161',
  'c60000000161',
  'c7010061',
  'c800010061',
  'c9000000010061',
  'ca3f800000',
  'cb3ff8000000000000',
  'cc80',
  'cd0080',
  'ce00000080',
  'cf0000000000000080',
  'd080',
  'd10080',
  'd200000080',
  'd30000000000000080',
  'd40061',
  'd5006161',
  'd60061616161',
  'd700' + '61'.repeat(8),
  'd800' + '61'.repeat(16),
  '920102',
  '81a16101',
  'dc00020102',
  'dd000000020102',
  'de0001a16101',
  'df00000001a16101',
  '9192c081c0c0',
];

describe('FrameReader', () => {
  for (const hex of values) {
    it(`finds the end of ${hex}, in one piece or byte by byte`, () => {
      assert.deepEqual(read(new FrameReader(), hex + hex), [hex, hex]);
      const reader = new FrameReader();
      const frames = (hex.match(/../g) ?? []).flatMap((byte) => read(reader, byte));
      assert.deepEqual(frames, [hex]);
    });
  }

  it('gives up on what is no message', () => {
    assert.throws(() => read(new FrameReader(), 'c1'), /no MessagePack/);
  });

  it('gives up on messages without end', () => {
    for (const hex of ['dbffffffff', 'ddffffffff', 'dfffffffff']) {
      assert.throws(() => read(new FrameReader(), hex), /no end/, hex);
    }
    const deep = new FrameReader();
    assert.throws(() => {
      for (let count = 0; count < 100; count += 1) deep.push(Buffer.alloc(1000, 0x91));
    }, /no end/);
  });

  it('gives up on messages without number', () => {
    assert.throws(() => new FrameReader().push(Buffer.alloc(1000, 0x01)), /unasked/);
  });
});
