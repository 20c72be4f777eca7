import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import { WireWriter } from '../../../src/attributes/index.js';

/** The only field of what was written. */
function read(write: (writer: WireWriter) => void): { readonly field: number; readonly reader: BinaryReader } {
  const writer = new WireWriter();
  write(writer);
  const reader = new BinaryReader(writer.finish());
  return { field: reader.tag()[0], reader };
}

describe('WireWriter', () => {
  it('writes fields as the library reads them', () => {
    const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    const nonZero = fc.integer().filter((value) => value !== 0);
    fc.assert(
      fc.property(
        nonZero,
        int64.filter((value) => value !== 0n),
        fc.string({ unit: 'grapheme', minLength: 1 }),
        (small, wide, text) => {
          for (const field of [1, 15, 16, 500]) {
            const results = [
              [read((w) => w.uint32(field, small)), 'uint32', small >>> 0],
              [read((w) => w.int32(field, small)), 'int32', small],
              [read((w) => w.sint32(field, small)), 'sint32', small],
              [read((w) => w.int64(field, wide)), 'int64', wide],
              [read((w) => w.text(field, text)), 'string', text],
            ] as const;
            for (const [result, method, expected] of results) {
              assert.equal(result.field, field);
              const value = result.reader[method]();
              assert.equal(typeof expected === 'bigint' ? BigInt(value) : value, expected);
              assert.equal(result.reader.pos, result.reader.len);
            }
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('leaves zero and empty values out, but not empty elements and sub-messages', () => {
    const writer = new WireWriter();
    writer.uint32(1, 0);
    writer.int32(1, 0);
    writer.sint32(1, 0);
    writer.int64(1, 0n);
    writer.text(1, '');
    assert.equal(writer.mark, 0);
    writer.element(3, '');
    writer.bytes(2, Uint8Array.of());
    writer.close(1, writer.mark);
    assert.deepEqual([...writer.finish()], [0x0a, 0, 0x12, 0, 0x1a, 0]);
  });

  it('nests, back to front', () => {
    const writer = new WireWriter();
    const outer = writer.mark;
    writer.text(2, 'b');
    const inner = writer.mark;
    writer.uint32(1, 5);
    writer.close(1, inner);
    writer.close(4, outer);
    assert.deepEqual([...writer.finish()], [0x22, 7, 0x0a, 2, 0x08, 5, 0x12, 1, 98]);
  });

  it('grows, and gives copies away', () => {
    const writer = new WireWriter();
    writer.text(1, 'x'.repeat(200_000));
    writer.uint32(1, 1);
    const first = writer.finish();
    writer.uint32(1, 2);
    assert.deepEqual([...writer.finish()], [0x08, 2]);
    assert.equal(first.length, 2 + 1 + 3 + 200_000);
    assert.deepEqual([...first.subarray(0, 3)], [0x08, 1, 0x0a]);
  });

  it('starts afresh when cleared', () => {
    const writer = new WireWriter();
    writer.uint32(1, 1);
    writer.clear();
    assert.equal(writer.finish().length, 0);
  });
});
