import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { WireReader } from '../../../src/attributes/index.js';
import { MixerError } from '../../../src/util/errors.js';

function reader(...bytes: number[]): WireReader {
  return new WireReader(Uint8Array.from(bytes));
}

function written(write: (writer: BinaryWriter) => unknown): WireReader {
  const writer = new BinaryWriter();
  write(writer);
  return new WireReader(writer.finish());
}

function isMalformed(error: unknown): boolean {
  return error instanceof MixerError && error.code === 'MALFORMED_MESSAGE';
}

describe('WireReader', () => {
  it('reads integers as the library writes them', () => {
    const int64 = fc.oneof(
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.nat(64).map((bits) => 2n ** BigInt(bits) / 2n),
    );
    fc.assert(
      fc.property(fc.integer(), fc.nat(2 ** 31 - 1), int64, fc.double(), (signed, unsigned, wide, float) => {
        const value = BigInt.asIntN(64, wide);
        assert.equal(written((w) => w.sint32(signed)).sint32(), signed);
        assert.equal(written((w) => w.int32(signed)).int32(), signed);
        assert.equal(written((w) => w.uint32(unsigned * 2)).uint32(), unsigned * 2);
        assert.equal(written((w) => w.int64(value)).int64(), value);
        assert.equal(written((w) => w.int64(value)).int64AsNumber(), Number(value));
        assert.equal(written((w) => w.int64(value)).bool(), value !== 0n);
        assert.ok(Object.is(written((w) => w.double(float)).double(), float));
      }),
      { numRuns: 2000 },
    );
  });

  it('takes the low bits of an integer that is too wide for its field', () => {
    assert.equal(reader(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01).uint32(), 0xffff_ffff);
    assert.equal(reader(0x81, 0x80, 0x80, 0x80, 0x80, 0x01).uint32(), 1);
    assert.equal(reader(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f).int64(), -(2n ** 63n));
  });

  it('refuses integers that are truncated or longer than ten bytes', () => {
    for (const method of ['uint32', 'sint32', 'int32', 'int64', 'int64AsNumber', 'bool', 'skipVarint'] as const) {
      assert.throws(() => reader()[method](), isMalformed);
      assert.throws(() => reader(0x80)[method](), isMalformed);
      assert.throws(() => reader(...new Array<number>(10).fill(0x80), 0)[method](), isMalformed);
      // The byte is there, but behind the end.
      assert.throws(() => new WireReader(Uint8Array.of(5), 0, 0)[method](), isMalformed);
      assert.throws(() => new WireReader(Uint8Array.of(0x85, 0), 0, 1)[method](), isMalformed);
    }
  });

  it('refuses lengths beyond the end', () => {
    assert.throws(() => reader(3, 1, 2).limit(), isMalformed);
    assert.throws(() => reader(0xff, 0xff, 0xff, 0xff, 0x0f).limit(), isMalformed);
    assert.throws(() => reader(2, 65).text(), isMalformed);
    assert.throws(() => reader(1, 2, 3).double(), isMalformed);
  });

  it('reads text', () => {
    const at = reader(3, 0xc3, 0xa4, 0x41, 0, 9);
    assert.equal(at.text(), 'äA');
    assert.equal(at.text(), '');
    assert.equal(at.pos, 5);
  });

  it('skips every kind of field', () => {
    for (const bytes of [
      [0x78, 0x80, 0x01],
      [0x79, 1, 2, 3, 4, 5, 6, 7, 8],
      [0x7a, 2, 1, 2],
      [0x7d, 1, 2, 3, 4],
      [0x7b, 0x08, 1, 0x13, 0x14, 0x7c],
    ]) {
      const at = reader(...bytes);
      at.skip(at.uint32());
      assert.equal(at.pos, bytes.length);
    }
  });

  it('refuses what is no field', () => {
    for (const bytes of [
      [0x00, 1],
      [0x02, 0],
      [0x7c],
      [0x7e],
      [0x7f],
      [0x7a, 5, 1],
      [0x79, 1],
      [0x7d, 1],
      [0x7b, 0x08, 1],
      [0x7b, 0x08, 1, 0x74],
      new Array<number>(200).fill(0x7b),
    ]) {
      const at = reader(...bytes);
      assert.throws(() => at.skip(at.uint32()), isMalformed, bytes.join(' '));
    }
  });
});
